import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Sandbox } from '../index.ts'
import { type Inbox, startInbox, startTestSandbox } from '../testing/merchant.ts'
import { reasons } from './reasons.ts'

const PAYER = '250788300300'
const USER = '7b1f3c52-9d0e-4a76-8e21-5c4f60d2a913'

let sandbox: Sandbox
let inbox: Inbox
beforeEach(async () => {
  sandbox = await startTestSandbox()
  inbox = await startInbox()
  bearers.clear()
})
afterEach(async () => {
  await inbox.stop()
  await sandbox.stop()
})

type Headers = Readonly<Record<string, string>>
const bearers = new Map<string, string>()
const subscription = { 'ocp-apim-subscription-key': 'key' }

async function send(method: string, path: string, headers: Headers = {}, body?: unknown) {
  const init = body === undefined ? {} : { body: JSON.stringify(body) }
  const response = await fetch(`${sandbox.baseUrl}/momo${path}`, {
    method,
    headers: { ...subscription, ...headers },
    ...init,
  })
  const text = await response.text()
  return { status: response.status, text, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> }
}

async function access(product: string): Promise<Headers> {
  if (!bearers.has(product)) {
    const authorization = `Basic ${Buffer.from(`${USER}:sandbox`).toString('base64')}`
    const { body } = await send('POST', `/${product}/token/`, { authorization })
    expect(body).toMatchObject({ token_type: 'access_token', expires_in: 3600 })
    bearers.set(product, String(body['access_token']))
  }
  return { authorization: `Bearer ${bearers.get(product) ?? ''}`, 'x-target-environment': 'mtnrwanda' }
}

const order = (change: object = {}) => ({
  amount: '1500',
  currency: 'RWF',
  externalId: 'BK-1A2B3C',
  payerMessage: 'Ticket KGL-HUY',
  payeeNote: 'bus',
  ...change,
})
const payer = { partyIdType: 'MSISDN', partyId: PAYER }

/** Creates something and returns how it was answered and under which id. */
async function create(kind: 'requesttopay' | 'transfer' | 'refund', body: object, headers: Headers = {}) {
  const product = kind === 'requesttopay' ? 'collection' : 'disbursement'
  const reference = headers['x-reference-id'] ?? randomUUID()
  const callback = { 'x-callback-url': `${inbox.url}/inbound/secret-token` }
  const all = { ...(await access(product)), 'x-reference-id': reference, ...callback, ...headers }
  return { reference, ...(await send('POST', `/${product}/v1_0/${kind}`, all, body)) }
}

async function statusOf(kind: 'requesttopay' | 'transfer' | 'refund', reference: string) {
  const product = kind === 'requesttopay' ? 'collection' : 'disbursement'
  return send('GET', `/${product}/v1_0/${kind}/${reference}`, await access(product))
}

/** Pays by request to pay; returns its reference id. */
async function paid(): Promise<string> {
  const { reference } = await create('requesttopay', order({ payer }))
  await sandbox.until(() => sandbox.payments()[0]?.outcome)
  return reference
}

test('a user and its key are made once, and a new key voids the old one [S3-22]', async () => {
  const id = randomUUID()
  const host = { providerCallbackHost: 'example.rw' }
  expect((await send('POST', '/v1_0/apiuser', { 'x-reference-id': id }, host)).status).toBe(201)
  expect((await send('POST', '/v1_0/apiuser', { 'x-reference-id': id }, host)).status).toBe(409)
  expect((await send('GET', `/v1_0/apiuser/${id}`)).body).toMatchObject(host)
  const { body: first } = await send('POST', `/v1_0/apiuser/${id}/apikey`)
  await send('POST', `/v1_0/apiuser/${id}/apikey`)
  const authorization = `Basic ${Buffer.from(`${id}:${String(first['apiKey'])}`).toString('base64')}`
  const refused = await send('POST', '/collection/token/', { authorization })
  expect([refused.status, refused.body]).toEqual([401, { error: 'login_failed' }])
})

test('a payment is accepted with nothing to read, pending until the payer answers, and told once without its id [S3-22, S4-23]', async () => {
  sandbox.scenario({ answer: 'manual' })
  const created = await create('requesttopay', order({ payer }))
  expect([created.status, created.text]).toEqual([202, ''])
  expect((await statusOf('requesttopay', created.reference)).body).toMatchObject({ status: 'PENDING', amount: '1500' })
  sandbox.phone(PAYER).approve()
  const [told] = await inbox.arrived(1)
  const { body } = await statusOf('requesttopay', created.reference)
  expect(body).toMatchObject({
    status: 'SUCCESSFUL',
    payer,
    financialTransactionId: expect.stringMatching(/^\d{10}$/) as string,
  })
  expect(JSON.parse(told?.text ?? '')).toEqual(body)
  expect(told?.text).not.toContain(created.reference)
  expect(sandbox.phone(PAYER).balance()).toBe(48_500)
  const { body: balance } = await send('GET', '/collection/v1_0/account/balance', await access('collection'))
  expect(balance).toEqual({ availableBalance: '1001500', currency: 'RWF' })
})

test.each(reasons)('a request to pay, and a transfer, can end with %s', async (reason) => {
  sandbox.scenario({ answer: 'fail', mtnReason: reason, mtnTransferReason: reason, mtnCallbackMethod: 'PUT' })
  const collected = await create('requesttopay', order({ payer }))
  const sent = await create('transfer', order({ payee: payer }))
  await inbox.arrived(2)
  const failed = { status: 'FAILED', reason }
  expect((await statusOf('requesttopay', collected.reference)).body).toMatchObject(failed)
  expect((await statusOf('transfer', sent.reference)).body).toMatchObject(failed)
  sandbox.scenario({ mtnReasonShape: 'object' })
  expect((await statusOf('transfer', sent.reference)).body).toMatchObject({ reason: { code: reason } })
  expect(sandbox.phone(PAYER).balance()).toBe(50_000)
})

test.each([
  ['a currency that is not the environment’s', 500, 'INVALID_CURRENCY', { currency: 'EUR' }, {}],
  [
    'an environment that does not exist',
    500,
    'NOT_ALLOWED_TARGET_ENVIRONMENT',
    {},
    { 'x-target-environment': 'mtnkenya' },
  ],
  ['a callback to another host', 500, 'INVALID_CALLBACK_URL_HOST', {}, { 'x-callback-url': 'http://example.com/x' }],
  ['a callback with a query', 500, 'INVALID_CALLBACK_URL_HOST', {}, { 'x-callback-url': 'http://127.0.0.1/x?y=1' }],
  ['an id that is no version 4 UUID', 400, undefined, {}, { 'x-reference-id': '0190f000-0000-7000-8000-00000000c0de' }],
  ['decimals of a franc', 400, undefined, { amount: '1500.00' }, {}],
  ['an amount that is a number', 400, undefined, { amount: 1500 }, {}],
  ['an apostrophe', 400, undefined, { payerMessage: "l'aller" }, {}],
  ['no message', 400, undefined, { payeeNote: ' ' }, {}],
  ['no token', 401, undefined, {}, { authorization: 'Bearer nobody' }],
])('%s is refused with %i', async (_, status, code, change, headers) => {
  const answer = await create('requesttopay', order({ payer, ...change }), headers)
  expect([answer.status, answer.body['code']]).toEqual([status, code])
  expect(sandbox.payments()).toEqual([])
})

test('a reference id serves once, and a subscription key is asked for first', async () => {
  const reference = await paid()
  const again = await create('requesttopay', order({ payer }), { 'x-reference-id': reference })
  expect([again.status, again.body['code']]).toEqual([409, 'RESOURCE_ALREADY_EXIST'])
  const keyless = await send('POST', '/collection/token/', { 'ocp-apim-subscription-key': '' })
  expect([keyless.status, keyless.body['message']]).toEqual([401, expect.stringContaining('missing subscription key')])
  expect((await statusOf('requesttopay', randomUUID())).body).toMatchObject({ code: 'RESOURCE_NOT_FOUND' })
  expect(sandbox.totals()['RWF']?.charged.count).toBe(1)
})

test('a payment is given back in parts, never more than it was; what was not paid is not given back [S4-25]', async () => {
  const referenceIdToRefund = await paid()
  const ends: unknown[] = []
  for (const amount of ['1000', '501', '500']) {
    const { reference } = await create('refund', order({ amount, referenceIdToRefund }))
    await inbox.arrived(ends.length + 2)
    const { status, reason } = (await statusOf('refund', reference)).body
    ends.push(reason ?? status)
  }
  expect(ends).toEqual(['SUCCESSFUL', 'NOT_ALLOWED', 'SUCCESSFUL'])
  expect(sandbox.phone(PAYER).balance()).toBe(50_000)
  expect((await create('refund', order({ referenceIdToRefund: randomUUID() }))).status).toBe(404)
})

test('whose a wallet is, and whether it is active, is told to who asks', async () => {
  const path = (number: string, what: string) => `/disbursement/v1_0/accountholder/msisdn/${number}/${what}`
  const headers = await access('disbursement')
  expect((await send('GET', path(PAYER, 'active'), headers)).body).toEqual({ result: true })
  sandbox.phone(PAYER).scenario({ walletActive: false })
  expect((await send('GET', path(PAYER, 'active'), headers)).body).toEqual({ result: false })
  expect((await send('GET', path('250788000100', 'basicuserinfo'), headers)).body).toMatchObject({
    name: 'Aline Uwase',
  })
  expect((await send('GET', path('250730300300', 'active'), headers)).status).toBe(404)
})

test('an outage of another provider leaves this one alone', async () => {
  sandbox.scenario({ outage: '503', outageOf: 'airtel' })
  expect((await create('requesttopay', order({ payer }))).status).toBe(202)
  sandbox.scenario({ outageOf: 'mtn' })
  const response = await fetch(`${sandbox.baseUrl}/momo/collection/token/`, { method: 'POST', headers: subscription })
  expect(response.status).toBe(503)
})
