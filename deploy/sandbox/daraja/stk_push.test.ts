import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Sandbox, Scenario } from '../index.ts'
import { type Merchant, password, PAYER, startMerchant, startTestSandbox, stkCallback } from '../testing/merchant.ts'

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

/** Pushes to the payer, waits for the callback, and returns both. */
async function pay(change: Record<string, unknown> = {}) {
  const { body } = await merchant.push(change)
  const arrived = await merchant.arrived(1)
  return { ack: body, callback: stkCallback(arrived[0]), text: arrived[0]?.text ?? '' }
}

test('the password is the documented one', () => {
  const documented =
    'MTc0Mzc5YmZiMjc5ZjlhYTliZGJjZjE1OGU5N2RkNzFhNDY3Y2QyZTBjODkzMDU5YjEwZjc4ZTZiNzJhZGExZWQyYzkxOTIwMTYwMjE2MTY1NjI3'
  expect(password(undefined, '20160216165627')).toBe(documented)
})

test('a push is acknowledged in the documented form [S4-23]', async () => {
  const { status, body } = await merchant.push()
  expect(status).toBe(200)
  expect(body).toEqual({
    MerchantRequestID: expect.stringMatching(/^[0-9a-f]{4}(-[0-9a-f]{4}){2}-[0-9a-f]{16}$/) as string,
    CheckoutRequestID: expect.stringMatching(/^ws_CO_\d{17}708374149$/) as string,
    ResponseCode: '0',
    ResponseDescription: 'Success. Request accepted for processing',
    CustomerMessage: 'Success. Request accepted for processing',
  })
})

test('an accepted prompt is called back byte for byte as documented [S4-23]', async () => {
  const { ack, text } = await pay()
  const exact = new RegExp(
    `^\\{"Body":\\{"stkCallback":\\{"MerchantRequestID":"${String(ack.MerchantRequestID)}","CheckoutRequestID":"${String(ack.CheckoutRequestID)}",` +
      '"ResultCode":0,"ResultDesc":"The service request is processed successfully.","CallbackMetadata":\\{"Item":\\[' +
      '\\{"Name":"Amount","Value":1500\\.00\\},\\{"Name":"MpesaReceiptNumber","Value":"[A-Z]{2}[1-9A-V][A-Z0-9]{7}"\\},' +
      `\\{"Name":"Balance"\\},\\{"Name":"TransactionDate","Value":20\\d{12}\\},\\{"Name":"PhoneNumber","Value":${PAYER}\\}\\]\\}\\}\\}\\}$`,
  )
  expect(text).toMatch(exact)
  expect(sandbox.phone(PAYER).balance()).toBe(48_500)
})

const endings: [string, Scenario, number | string][] = [
  ['cancelled by the payer', { answer: 'decline' }, 1032],
  ['a wrong PIN', { answer: 'wrong-pin' }, 2001],
  ['ignored until the phone is called unreachable', { answer: 'ignore', promptTimeoutMs: 5 }, 1037],
  ['ignored until it expired', { answer: 'ignore', promptTimeoutMs: 5, timeoutCode: '1019' }, 1019],
  ...(['1', '2', '3', '4', '8', '17', '26', '1001', '1025', '1031', '2028', '8006', '9999'] as const).map(
    (code): [string, Scenario, number] => [`result ${code}`, { answer: 'fail', resultCode: code }, Number(code)],
  ),
  ['an operator that does not exist', { answer: 'fail', resultCode: 'SFC_IC0003' }, 'SFC_IC0003'],
]
test.each(endings)('%s ends without metadata and without money [S4-23]', async (_, scenario, code) => {
  sandbox.scenario(scenario)
  const { ack, callback } = await pay()
  expect(callback).toEqual({
    MerchantRequestID: ack.MerchantRequestID,
    CheckoutRequestID: ack.CheckoutRequestID,
    ResultCode: code,
    ResultDesc: expect.stringMatching(/.{5}/) as string,
  })
  expect(sandbox.phone(PAYER).balance()).toBe(50_000)
  expect(sandbox.totals()).toEqual({})
})

test.each([
  ['254708000001', 1],
  ['254708000032', 1032],
  ['254708000037', 1037],
  ['254708000019', 1019],
  ['254708000020', 2001],
  ['254708000025', 1025],
])('the last digits of %s alone bring about %d [S4-23]', async (number, code) => {
  sandbox.clearScenario()
  sandbox.scenario({ answerDelayMs: 0 })
  const { callback } = await pay({ PhoneNumber: number, PartyA: number })
  expect(callback.ResultCode).toBe(code)
})

test('the last digits 99 pay, but the callback never comes [S4-24]', async () => {
  sandbox.clearScenario()
  sandbox.scenario({ answerDelayMs: 0 })
  const { body } = await merchant.push({ PhoneNumber: '254708000099' })
  const [payment] = await sandbox.until(() => sandbox.payments().filter((one) => one.deliveries.length > 0))
  await sandbox.until(() => payment?.deliveries[0])
  expect(payment?.deliveries[0]?.result).toBe('lost')
  expect(merchant.received).toEqual([])
  expect((await merchant.query(body.CheckoutRequestID)).body.ResultCode).toBe('0')
})

test.each([
  ['BusinessShortCode', 'abc', 'BusinessShortCode'],
  ['Password', '', 'Password'],
  ['Timestamp', '2026-11-20', 'Timestamp'],
  ['Timestamp', '20261320103000', 'Timestamp'],
  ['TransactionType', 'Pay', 'TransactionType'],
  ['Amount', 0, 'Amount'],
  ['Amount', 10.5, 'Amount'],
  ['Amount', '10.00', 'Amount'],
  ['Amount', 250_001, 'Amount'],
  ['Amount', '-5', 'Amount'],
  ['Amount', { value: 5 }, 'Amount'],
  ['PartyA', '0708374149', 'PartyA'],
  ['PartyB', 'till', 'PartyB'],
  ['PhoneNumber', '+254708374149', 'PhoneNumber'],
  ['PhoneNumber', '254508374149', 'PhoneNumber'],
  ['PhoneNumber', '256708374149', 'PhoneNumber'],
  ['CallBackURL', 'not a url', 'CallBackURL'],
  ['CallBackURL', 'ftp://example.org/', 'CallBackURL'],
  ['AccountReference', ' ', 'AccountReference'],
  ['TransactionDesc', undefined, 'Remarks'],
])('%s = %o is refused with the name of the field [S4-28]', async (field, value, named) => {
  const { status, body } = await merchant.push({ [field]: value })
  expect(status).toBe(400)
  expect(body).toMatchObject({ errorCode: '400.002.02', errorMessage: `Bad Request - Invalid ${named}` })
  expect(sandbox.payments()).toEqual([])
})

test.each([
  ['a wrong passkey', { Password: password('another') }, 'Wrong credentials'],
  ['another timestamp than in the password', { Timestamp: '20261120103001' }, 'Wrong credentials'],
  ['a short code that nobody has', { BusinessShortCode: 999_999 }, 'Merchant does not exist'],
])('%s is refused with 500.001.1001 [S4-28]', async (_, change, message) => {
  const { status, body } = await merchant.push(change)
  expect([status, body.errorCode, body.errorMessage]).toEqual([500, '500.001.1001', message])
})

test.each(['254708374149', '254110374149', '250788123499', '250722123456'])('%s may pay', async (number) => {
  expect((await merchant.push({ PhoneNumber: number, PartyA: number })).status).toBe(200)
})

test('with the countries set to Kenya, as M-PESA really is, a Rwandan number is refused', async () => {
  const kenyan = await startTestSandbox({ countries: ['254'] })
  const other = await startMerchant(kenyan)
  const { body } = await other.push({ PhoneNumber: '250788123499' })
  expect(body.errorMessage).toBe('Bad Request - Invalid PhoneNumber')
  await other.stop()
  await kenyan.stop()
})

test.each([
  ['another paybill as PartyB', { PartyB: '600984' }, 2028],
  ['a reference that is too long for the prompt', { AccountReference: 'A-very-long-reference' }, 1025],
  ['a prompt beyond 182 characters', { TransactionDesc: 'x'.repeat(150) }, 1025],
])('%s fails after the acknowledgement', async (_, change, code) => {
  const { callback } = await pay(change)
  expect(callback.ResultCode).toBe(code)
})

test('an empty wallet refuses with 1, and the daily limit with 4', async () => {
  sandbox.phone(PAYER).set({ balance: 1499 })
  expect((await pay()).callback.ResultCode).toBe(1)
  sandbox.phone(PAYER).set({ balance: 600_000 })
  for (const Amount of [250_000, 250_000]) await merchant.push({ Amount })
  await merchant.push({ Amount: 1 })
  expect((await merchant.arrived(4)).slice(1).map((one) => stkCallback(one).ResultCode)).toEqual([0, 0, 4])
})

test('the same amount within two minutes is limited when the rule is on', async () => {
  sandbox.scenario({ repeatRule: true })
  await pay()
  await merchant.push()
  expect(stkCallback((await merchant.arrived(2))[1]).ResultCode).toBe(17)
})

test('a second prompt on a busy phone ends with 1001 when the rule is on', async () => {
  sandbox.scenario({ answer: 'manual', oneSession: true })
  await merchant.push()
  const { callback } = await pay()
  expect(callback.ResultCode).toBe(1001)
})

test('the third wrong PIN locks the wallet until somebody unlocks it', async () => {
  sandbox.scenario({ answer: 'manual' })
  const phone = sandbox.phone(PAYER)
  for (const pin of ['1', '2', '3', '1234']) {
    await merchant.push()
    phone.approve(undefined, pin)
  }
  expect((await merchant.arrived(4)).map((one) => stkCallback(one).ResultCode)).toEqual([2001, 2001, 2001, 8006])
  phone.set({ pin: '4321' })
  await merchant.push()
  phone.approve(undefined, '4321')
  expect(stkCallback((await merchant.arrived(5))[4]).ResultCode).toBe(0)
})

test('pushes within one millisecond have ids of their own, and every receipt is another', async () => {
  await merchant.token()
  const acks = await Promise.all(Array.from({ length: 20 }, () => merchant.push({ Amount: 10 })))
  expect(new Set(acks.map(({ body }) => body.CheckoutRequestID)).size).toBe(20)
  await merchant.arrived(20)
  expect(new Set(sandbox.payments().map((payment) => payment.outcome?.receipt)).size).toBe(20)
  expect(sandbox.totals()).toMatchObject({ KES: { charged: { count: 20, amount: 200 } } })
})

test.each([
  ['POST', '/mpesa/nowhere', '{}', 404, '404.001.01'],
  ['GET', '/mpesa/stkpush/v1/processrequest', undefined, 405, '405.001'],
  ['POST', '/mpesa/stkpush/v1/processrequest', '{"Amount":', 400, '400.002.05'],
  ['POST', '/mpesa/stkpush/v1/processrequest', '[1]', 400, '400.002.05'],
])('%s %s with body %s answers %d %s [S4-28]', async (method, path, body, status, code) => {
  const headers = { authorization: `Bearer ${await merchant.token()}` }
  const response = await fetch(`${sandbox.baseUrl}/daraja${path}`, { method, headers, ...(body && { body }) })
  expect(response.status).toBe(status)
  expect(await response.json()).toEqual({
    requestId: expect.stringMatching(/^[0-9a-f]{4}(-[0-9a-f]{4}){2}-[0-9a-f]{12}\d{7}$/) as string,
    errorCode: code,
    errorMessage: expect.any(String) as string,
  })
})
