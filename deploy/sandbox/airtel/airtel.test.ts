import { constants, createCipheriv, createHmac, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Sandbox } from '../index.ts'
import { type Inbox, startInbox, startTestSandbox } from '../testing/merchant.ts'
import { collectionCodes, disbursementCodes, routerCodes } from './codes.ts'

const PAYER = '250730300300'
const NATIONAL = '730300300'

let sandbox: Sandbox
let inbox: Inbox
let bearer = ''
beforeEach(async () => {
  sandbox = await startTestSandbox({ airtel: { client: { id: 'tms', secret: 's' }, pin: '4321', callbackKey: 'key' } })
  inbox = await startInbox()
  sandbox.airtelCallsBack(`${inbox.url}/inbound/airtel/secret`)
  const { body } = await send('POST', '/auth/oauth2/token', credentials)
  expect(body).toMatchObject({ expires_in: '180', token_type: 'bearer' })
  bearer = String(body['access_token'])
})
afterEach(async () => {
  await inbox.stop()
  await sandbox.stop()
})

type Answer = {
  transaction: Record<string, unknown>
  code: string
  old: string
  body: Record<string, unknown>
  status: number
}
const credentials = { client_id: 'tms', client_secret: 's', grant_type: 'client_credentials' }

async function send(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const market = { 'x-country': 'RW', 'x-currency': 'RWF', 'content-type': 'application/json' }
  const response = await fetch(`${sandbox.baseUrl}/airtel${path}`, {
    method,
    headers: { ...market, authorization: `Bearer ${bearer}`, ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const answer = (await response.json()) as {
    data?: { transaction?: Record<string, unknown> }
    status?: Record<string, unknown>
  }
  const { response_code: code = '', result_code: old = '' } = answer.status ?? {}
  return {
    transaction: answer.data?.transaction ?? {},
    code: String(code),
    old: String(old),
    body: answer,
    status: response.status,
  }
}

const collection = (id: string, change: object = {}) => ({
  reference: 'Bus ticket',
  subscriber: { country: 'RW', currency: 'RWF', msisdn: NATIONAL },
  transaction: { amount: 1500, country: 'RW', currency: 'RWF', id },
  ...change,
})
const collect = (id: string, change: object = {}) => send('POST', '/merchant/v1/payments/', collection(id, change))
const enquire = (id: string) => send('GET', `/standard/v1/payments/${id}`)

async function publicKey() {
  const { body } = await send('GET', '/v1/rsa/encryption-keys')
  const { key } = body['data'] as { key: string }
  return createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' })
}

async function disbursement(id: string, pin = '4321', change: object = {}) {
  const sealed = publicEncrypt({ key: await publicKey(), padding: constants.RSA_PKCS1_PADDING }, Buffer.from(pin))
  const transaction = { amount: 1000, id, ...change }
  return { payee: { msisdn: NATIONAL }, reference: 'payout', pin: sealed.toString('base64'), transaction }
}

test('a payment is in progress until the payer answers, and then told at the one address with its hash [S3-23, S4-23]', async () => {
  sandbox.scenario({ answer: 'manual' })
  expect(await collect('BK1')).toMatchObject({ code: 'DP00800001006', transaction: { id: 'BK1', status: 'Success.' } })
  expect((await enquire('BK1')).transaction).toMatchObject({ status: 'TIP' })
  sandbox.phone(PAYER).approve()
  const [told] = await inbox.arrived(1)
  const { hash, transaction } = JSON.parse(told?.text ?? '') as { hash: string; transaction: Record<string, unknown> }
  expect(hash).toBe(createHmac('sha256', 'key').update(JSON.stringify({ transaction })).digest('base64'))
  const { airtel_money_id } = transaction
  expect(transaction).toMatchObject({
    id: 'BK1',
    status_code: 'TS',
    airtel_money_id: expect.stringMatching(/^MP/) as string,
  })
  expect(await enquire('BK1')).toMatchObject({ code: 'DP00800001001', transaction: { status: 'TS', airtel_money_id } })
  expect(sandbox.phone(PAYER).balance()).toBe(48_500)
  const again = await collect('BK1')
  expect([again.status, again.old]).toEqual([400, 'ESB000041'])
  expect((await enquire('BK2')).code).toBe('DP00800001025')
})

test('every documented code can end a collection, and ambiguous ones are sorted out in time [S3-23]', async () => {
  for (const code of collectionCodes) {
    sandbox.scenario({ answer: 'fail', airtelCode: code, queryPendingPolls: 1 })
    await collect(code)
    await sandbox.until(() => sandbox.payments(PAYER).find(({ id, outcome }) => id === code && outcome))
    const paid = code === 'DP00800001000' || code === 'DP00800001001'
    const first = code === 'DP00800001000' ? 'TA' : 'TIP'
    expect((await enquire(code)).transaction).toMatchObject({ status: first })
    const last = paid ? 'TS' : code === 'DP00800001029' ? 'TE' : 'TF'
    const settled = await enquire(code)
    expect([settled.code, settled.transaction['status']]).toEqual([paid ? 'DP00800001001' : code, last])
  }
  expect(sandbox.totals()['RWF']?.charged).toEqual({ count: 2, amount: 3000 })
})

test('the router can refuse with each of its codes, and fields that are wrong are refused', async () => {
  for (const code of routerCodes) {
    sandbox.scenario({ airtelError: code })
    expect((await collect(code)).code).toBe(code)
  }
  sandbox.scenario({ airtelError: 'none' })
  const subscriber = (msisdn: string) => ({ subscriber: { country: 'RW', currency: 'RWF', msisdn } })
  expect((await collect('A', subscriber(PAYER))).old).toBe('ESB000033')
  expect((await collect('A', subscriber('788300300'))).old).toBe('ESB000036')
  expect((await send('POST', '/merchant/v1/payments/', collection('A'), { 'x-country': 'UG' })).code).toBe('ROUTER006')
  expect((await send('POST', '/merchant/v1/payments/', collection('A'), { 'x-currency': 'KES' })).code).toBe(
    'ROUTER112',
  )
  expect((await send('GET', '/standard/v1/payments/A', undefined, { authorization: 'Bearer no' })).status).toBe(401)
  const stranger = await send('POST', '/auth/oauth2/token', { ...credentials, client_secret: 'wrong' })
  expect([stranger.status, stranger.body['error']]).toEqual([401, 'invalid_client'])
})

test('a payment is given back wholly and once [S4-25]', async () => {
  await collect('BK1')
  await inbox.arrived(1)
  const { airtel_money_id } = (await enquire('BK1')).transaction
  const refund = () => send('POST', '/standard/v1/payments/refund', { transaction: { airtel_money_id } })
  expect(await refund()).toMatchObject({ code: 'DP00800001001', transaction: { status: 'SUCCESS' } })
  expect((await enquire('BK1')).transaction).toMatchObject({ status: 'TR' })
  expect((await refund()).status).toBe(400)
  expect(sandbox.phone(PAYER).balance()).toBe(50_000)
})

test('every documented code can end a disbursement; the PIN must be right and an id serves once [S4-25]', async () => {
  for (const code of disbursementCodes) {
    sandbox.scenario({ airtelPayoutCode: code, queryPendingPolls: 0 })
    expect((await send('POST', '/standard/v1/disbursements/', await disbursement(code))).code).toBe(code)
    const moved = ['DP00900001000', 'DP00900001001', 'DP00900001006'].includes(code)
    const { transaction } = await send('GET', `/standard/v1/disbursements/${code}`)
    expect(transaction['status']).toBe(moved ? 'TS' : 'TF')
  }
  expect(sandbox.totals()['RWF']?.paidOut).toEqual({ count: 3, amount: 3000 })
  expect(sandbox.phone(PAYER).balance()).toBe(53_000)

  sandbox.scenario({ airtelPayoutCode: 'none' })
  const post = async (body: unknown) => (await send('POST', '/standard/v1/disbursements/', body)).code
  expect(await post(await disbursement('P1', '1111'))).toBe('ROUTER115')
  expect(await post({ ...(await disbursement('P1')), pin: '4321' })).toBe('ROUTER116')
  expect(await post(await disbursement('P1'))).toBe('DP00900001001')
  expect(await post(await disbursement('P1'))).toBe('DP00900001017')
  expect((await send('GET', '/standard/v1/disbursements/P2')).code).toBe('DP00900001015')
  const { body } = await send('GET', '/standard/v1/users/balance?type=DISB')
  expect(body['data']).toEqual({ balance: '9,996,000.00', currency: 'RWF', account_status: 'Active' })
})

test('a signature belongs to the very bytes that are sent', async () => {
  const [key, iv] = [randomBytes(32), randomBytes(16)]
  const text = JSON.stringify(collection('BK1'))
  const cipher = createCipheriv('aes-256-cbc', key, iv)
  const signature = Buffer.concat([cipher.update(text), cipher.final()]).toString('base64')
  const secret = Buffer.from(`${key.toString('base64')}:${iv.toString('base64')}`)
  const sealed = publicEncrypt({ key: await publicKey(), padding: constants.RSA_PKCS1_PADDING }, secret)
  const headers = { 'x-signature': signature, 'x-key': sealed.toString('base64') }
  expect((await send('POST', '/merchant/v2/payments/', ` ${text}`, headers)).code).toBe('DP00800001026')
  expect((await send('POST', '/merchant/v2/payments/', text)).code).toBe('DP00800001026')
  expect((await send('POST', '/merchant/v2/payments/', text, headers)).code).toBe('DP00800001006')
  sandbox.scenario({ airtelSigned: true })
  expect((await collect('BK2')).code).toBe('DP00800001026')
})
