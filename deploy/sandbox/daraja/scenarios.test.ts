import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Sandbox } from '../index.ts'
import { type Merchant, PAYER, startMerchant, startTestSandbox, stkCallback } from '../testing/merchant.ts'

let sandbox: Sandbox
let merchant: Merchant

beforeEach(async () => {
  sandbox = await startTestSandbox()
  merchant = await startMerchant(sandbox)
})
afterEach(async () => {
  await merchant.stop()
  await sandbox.stop()
})

const PUSH = '/mpesa/stkpush/v1/processrequest'
const settledPayment = () => sandbox.until(() => sandbox.payments().find((payment) => payment.outcome))

test('a slow callback comes late, and until then a query knows nothing [S4-24]', async () => {
  sandbox.scenario({ callbackDelayMs: 700 })
  const { body } = await merchant.push()
  await settledPayment()
  expect((await merchant.query(body.CheckoutRequestID)).body.errorMessage).toBe('The transaction is being processed')
  expect(merchant.received).toEqual([])
  await merchant.arrived(1)
  expect((await merchant.query(body.CheckoutRequestID)).body.ResultCode).toBe('0')
})

test('a lost callback never comes, but a query knows [S4-24]', async () => {
  sandbox.scenario({ callbackLost: true })
  const { body } = await merchant.push()
  await sandbox.until(() => sandbox.payments()[0]?.deliveries[0])
  expect(merchant.received).toEqual([])
  expect((await merchant.query(body.CheckoutRequestID)).body).toMatchObject({ ResponseCode: '0', ResultCode: '0' })
})

test.each([0, 15])('a doubled callback comes three times, %d ms apart [S4-24]', async (callbackGapMs) => {
  sandbox.scenario({ callbackCopies: 3, callbackGapMs })
  await merchant.push()
  const arrived = await merchant.arrived(3)
  expect(new Set(arrived.map((one) => one.text)).size).toBe(1)
  expect(sandbox.totals()).toMatchObject({ KES: { charged: { count: 1 } } })
})

test('callbacks can come in the opposite order [S4-24]', async () => {
  sandbox.scenario({ callbackOrder: 'reversed' })
  const first = await merchant.push({ Amount: 1 })
  await sandbox.until(() => sandbox.payments().find((payment) => payment.amount === 1 && payment.outcome))
  const second = await merchant.push({ Amount: 2 })
  const ids = (await merchant.arrived(2)).map((one) => stkCallback(one).CheckoutRequestID)
  expect(ids).toEqual([second.body.CheckoutRequestID, first.body.CheckoutRequestID])
})

test('a callback can overtake the answer to its own push [S4-24]', async () => {
  sandbox.scenario({ callbackOrder: 'before-answer' })
  const { body } = await merchant.push()
  expect(stkCallback(merchant.received[0]).CheckoutRequestID).toBe(body.CheckoutRequestID)
})

test('forged callbacks claim another amount, another id, success, and come to the wrong path [S4-24]', async () => {
  sandbox.scenario({ answer: 'decline', forge: 'all' })
  const { body } = await merchant.push()
  const arrived = await merchant.arrived(5)
  const [amount, stranger, success, wrongPath, truth] = arrived.map(stkCallback)
  expect(truth).toMatchObject({ CheckoutRequestID: body.CheckoutRequestID, ResultCode: 1032 })
  expect(amount).toMatchObject({ CheckoutRequestID: body.CheckoutRequestID, ResultCode: 0 })
  expect(arrived[0]?.text).toContain('"Name":"Amount","Value":1.00}')
  expect(stranger?.CheckoutRequestID).not.toBe(body.CheckoutRequestID)
  expect(success).toMatchObject({ CheckoutRequestID: body.CheckoutRequestID, ResultCode: 0 })
  expect(wrongPath).toMatchObject({ CheckoutRequestID: body.CheckoutRequestID, ResultCode: 0 })
  expect(arrived.map((one) => one.path.endsWith('/secret-token'))).toEqual([true, true, true, false, true])
  expect(sandbox.totals()).toEqual({})
})

test('a forged success can be posted while the prompt is still open [S4-24]', async () => {
  sandbox.scenario({ answer: 'manual' })
  const { body } = await merchant.push()
  await sandbox.forge(String(body.CheckoutRequestID), 'success')
  expect(stkCallback(merchant.received[0]).ResultCode).toBe(0)
  expect((await merchant.query(body.CheckoutRequestID)).body.errorCode).toBe('500.001.1001')
})

test('a query answers pending in the older shape, an error [S4-26]', async () => {
  sandbox.scenario({ answer: 'manual' })
  const { body } = await merchant.push()
  const { status, body: answer } = await merchant.query(body.CheckoutRequestID)
  expect(status).toBe(500)
  expect(answer).toEqual({
    requestId: body.CheckoutRequestID,
    errorCode: '500.001.1001',
    errorMessage: 'The transaction is being processed',
  })
})

test('a query answers pending in the newer shape, a result of 4999 [S4-26]', async () => {
  sandbox.scenario({ answer: 'manual', queryPendingShape: '4999' })
  const { body } = await merchant.push()
  expect(await merchant.query(body.CheckoutRequestID)).toEqual({
    status: 200,
    body: {
      ResponseCode: '0',
      ResponseDescription: 'The service request has been accepted successfully',
      MerchantRequestID: body.MerchantRequestID,
      CheckoutRequestID: body.CheckoutRequestID,
      ResultCode: '4999',
      ResultDesc: 'The transaction is still under processing',
    },
  })
})

test('a query can stay pending for a number of polls, and can contradict a success [S4-26]', async () => {
  sandbox.scenario({ queryPendingPolls: 2 })
  const { body } = await merchant.push()
  await merchant.arrived(1)
  const poll = async () => (await merchant.query(body.CheckoutRequestID)).body
  expect([(await poll()).errorCode, (await poll()).errorCode]).toEqual(['500.001.1001', '500.001.1001'])
  expect((await poll()).ResultCode).toBe('0')
  sandbox.scenario({ queryContradicts: true })
  expect((await poll()).ResultCode).toBe('1037')
})

test('a final query tells the code as a text, an unknown id is an error of its own wording [S4-26]', async () => {
  sandbox.scenario({ answer: 'decline' })
  const { body } = await merchant.push()
  await merchant.arrived(1)
  expect((await merchant.query(body.CheckoutRequestID)).body).toMatchObject({
    ResultCode: '1032',
    ResultDesc: 'Request cancelled by user',
  })
  const unknown = await merchant.query('ws_CO_01012026000000000708374149')
  expect([unknown.status, unknown.body.errorCode]).toEqual([500, '500.001.1001'])
  expect(unknown.body.errorMessage).not.toBe('The transaction is being processed')
})

test.each([
  ['maintenance', '500.002.1001'],
  ['busy', '500.003.02'],
  ['quota', '500.003.03'],
] as const)('%s is Daraja’s own error %s [S4-28]', async (outage, code) => {
  sandbox.scenario({ outage })
  const headers = { authorization: `Bearer ${await merchant.token()}` }
  const response = await fetch(`${sandbox.baseUrl}/daraja${PUSH}`, { method: 'POST', headers, body: '{}' })
  expect(response.status).toBe(500)
  expect(await response.json()).toMatchObject({ errorCode: code })
})

/** What a bare client sees: a status, or what became of the connection. */
async function tryPush(timeoutMs = 2000): Promise<number | string> {
  try {
    const signal = AbortSignal.timeout(timeoutMs)
    const url = `${sandbox.baseUrl}/daraja${PUSH}`
    const response = await fetch(url, { method: 'POST', body: '{}', signal, headers: { connection: 'close' } })
    return response.status
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } }
    return cause?.code ?? name
  }
}

test('the provider can be down: 503, silence, a cut line, a refused connection [S4-23]', async () => {
  sandbox.scenario({ outage: '503' })
  expect(await tryPush()).toBe(503)
  sandbox.scenario({ outage: 'hang' })
  expect(await tryPush(50)).toBe('TimeoutError')
  sandbox.scenario({ outage: 'reset' })
  expect(await tryPush()).toBe('UND_ERR_SOCKET')
  sandbox.scenario({ outage: 'none' })
  const allow = await sandbox.refuseConnections()
  expect(await tryPush()).toBe('ECONNREFUSED')
  await allow()
  expect(await tryPush()).toBe(404)
})

test('an answer can be lost after the prompt went out: the merchant cannot know [S4-23]', async () => {
  await merchant.token()
  sandbox.scenario({ answer: 'manual', outage: 'lost-answer' })
  await expect(merchant.push()).rejects.toThrow()
  expect(sandbox.phone(PAYER).prompts()).toHaveLength(1)
})

test('an outage can hit a share of the requests, or one phone only', async () => {
  sandbox.scenario({ outage: '503', outagePercent: 0 })
  expect((await merchant.push()).status).toBe(200)
  sandbox.scenario({ outage: 'none', outagePercent: 100 })
  sandbox.phone('+254 711 000 111').scenario({ outage: 'busy' })
  expect((await merchant.push({ PhoneNumber: '254711000111' })).status).toBe(500)
  expect((await merchant.push()).status).toBe(200)
})

test('what is set for one phone wins over what is set for all, and that over the last digits', async () => {
  const ofDigits = { PhoneNumber: '254708000032' } // would decline by itself
  await merchant.push(ofDigits)
  expect(stkCallback((await merchant.arrived(1))[0]).ResultCode).toBe(0)
  sandbox.phone(ofDigits.PhoneNumber).scenario({ answer: 'wrong-pin' })
  await merchant.push(ofDigits)
  expect(stkCallback((await merchant.arrived(2))[1]).ResultCode).toBe(2001)
})

test('last digits bring about nothing where an answer is arranged, or where they are switched off', async () => {
  await merchant.push({ PhoneNumber: '254708000099' }) // would lose the callback
  await merchant.arrived(1)
  sandbox.clearScenario()
  sandbox.scenario({ answerDelayMs: 0, byLastDigits: false })
  await merchant.push({ PhoneNumber: '254708000032' })
  expect(stkCallback((await merchant.arrived(2))[1]).ResultCode).toBe(0)
})

test('nothing is sent after the world was reset', async () => {
  sandbox.scenario({ answer: 'approve', answerDelayMs: 500 })
  await merchant.push()
  sandbox.reset()
  await merchant.push({ Amount: 7 })
  const arrived = await merchant.arrived(1)
  expect(arrived[0]?.text).toContain('"Value":7.00')
  expect(sandbox.payments()).toHaveLength(1)
})
