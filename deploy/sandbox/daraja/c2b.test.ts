import { createHash } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Sandbox } from '../index.ts'
import { type Merchant, PAYER, startMerchant, startTestSandbox } from '../testing/merchant.ts'

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

const register = (change: Record<string, unknown> = {}, version = 'v2') =>
  merchant.call(`/mpesa/c2b/${version}/registerurl`, {
    ShortCode: '600984',
    ResponseType: 'Completed',
    ConfirmationURL: merchant.callbackUrl.replace('secret-token', 'confirm'),
    ValidationURL: merchant.callbackUrl.replace('secret-token', 'validate'),
    ...change,
  })

const simulate = (change: Record<string, unknown> = {}) =>
  merchant.call('/mpesa/c2b/v2/simulate', {
    ShortCode: '600984',
    CommandID: 'CustomerPayBillOnline',
    Amount: 5,
    Msisdn: PAYER,
    BillRefNumber: 'invoice008',
    ...change,
  })

const bodyOf = (index: number) => JSON.parse(merchant.received[index]?.text ?? '') as Record<string, string>

test('registering answers with the documented misspelling [S4-28]', async () => {
  const { status, body } = await register()
  expect(status).toBe(200)
  expect(body).toEqual({
    OriginatorCoversationID: expect.any(String) as string,
    ResponseCode: '0',
    ResponseDescription: 'Success',
  })
})

test.each([
  ['ResponseType', 'completed'],
  ['ConfirmationURL', 'https://example.org/mpesa/confirm'],
  ['ValidationURL', 'https://example.org/cmd'],
  ['ShortCode', 'x'],
])('a registration with %s = %s is refused [S4-28]', async (field, value) => {
  expect((await register({ [field]: value })).body.errorMessage).toBe(`Bad Request - Invalid ${field}`)
})

test('a payment by hand is confirmed with every field a text, and a masked number [S4-24]', async () => {
  await register()
  await simulate()
  await merchant.arrived(1)
  expect(merchant.received[0]?.path).toBe('/inbound/confirm')
  expect(bodyOf(0)).toEqual({
    TransactionType: 'Pay Bill',
    TransID: sandbox.payments()[0]?.outcome?.receipt,
    TransTime: expect.stringMatching(/^20\d{12}$/) as string,
    TransAmount: '5.00',
    BusinessShortCode: '600984',
    BillRefNumber: 'invoice008',
    InvoiceNumber: '',
    OrgAccountBalance: '1000005.00',
    ThirdPartyTransID: '',
    MSISDN: '2547 ***** 149',
    FirstName: `+${PAYER}`,
    MiddleName: '',
    LastName: '',
  })
})

test('version 1 hides the number in a hash', async () => {
  await register({}, 'v1')
  await simulate({ CommandID: 'CustomerBuyGoodsOnline', BillRefNumber: null })
  await merchant.arrived(1)
  expect(bodyOf(0)).toMatchObject({
    TransactionType: 'Buy Goods',
    BillRefNumber: '',
    MSISDN: createHash('sha256').update(PAYER).digest('hex'),
  })
})

test('the business can be asked first: its acceptance is echoed, its refusal keeps the money', async () => {
  sandbox.scenario({ c2bValidation: true })
  merchant.answerWith(() => ({
    status: 200,
    body: '{"ResultCode":"0","ResultDesc":"Accepted","ThirdPartyTransID":"T1"}',
  }))
  await register()
  await simulate()
  await merchant.arrived(2)
  expect([bodyOf(0).OrgAccountBalance, bodyOf(1).ThirdPartyTransID]).toEqual(['', 'T1'])

  merchant.answerWith(() => ({ status: 200, body: '{"ResultCode":"C2B00012","ResultDesc":"Rejected"}' }))
  await simulate()
  await sandbox.until(() => sandbox.payments().find((payment) => payment.outcome?.code !== '0' && payment.outcome))
  expect(sandbox.phone(PAYER).balance()).toBe(49_995)
})

test.each([
  ['Completed', '0'],
  ['Cancelled', '1032'],
])('when validation does not answer, %s decides', async (ResponseType, code) => {
  sandbox.scenario({ c2bValidation: true })
  merchant.answerWith(() => ({ status: 500, body: '' }))
  await register({ ResponseType })
  await simulate()
  const ended = await sandbox.until(() => sandbox.payments()[0]?.outcome)
  expect(ended.code).toBe(code)
})

test('a lost confirmation is not sent again [S4-24]', async () => {
  await register()
  sandbox.scenario({ callbackLost: true })
  await simulate()
  await sandbox.until(() => sandbox.payments()[0]?.deliveries[0])
  expect(merchant.received).toEqual([])
  expect(sandbox.totals()).toMatchObject({ KES: { charged: { count: 1 } } })
})
