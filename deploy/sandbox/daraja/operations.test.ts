import { X509Certificate } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Sandbox } from '../index.ts'
import { type Merchant, parametersIn, PAYER, resultIn, startMerchant, startTestSandbox } from '../testing/merchant.ts'

let sandbox: Sandbox
let merchant: Merchant

// One sandbox for all, because each makes an RSA key of its own.
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.stop())
beforeEach(async () => {
  sandbox.reset()
  merchant = await startMerchant(sandbox)
})
afterEach(() => merchant.stop())

type Change = Record<string, unknown>

async function operation(path: string, fields: Change, change: Change) {
  const ResultURL = merchant.callbackUrl.replace('secret-token', 'result')
  const QueueTimeOutURL = merchant.callbackUrl.replace('secret-token', 'timeout')
  const SecurityCredential = await merchant.credential()
  const body = { Initiator: 'testapi', SecurityCredential, ResultURL, QueueTimeOutURL, Remarks: 'test', ...fields }
  return merchant.call(path, { ...body, ...change })
}

const payOut = (change: Change = {}, version = 'v3') =>
  operation(
    `/mpesa/b2c/${version}/paymentrequest`,
    {
      InitiatorName: 'testapi',
      OriginatorConversationID: 'payout-1',
      CommandID: 'BusinessPayment',
      Amount: 500,
      PartyA: '600992',
      PartyB: PAYER,
      Occassion: 'November',
    },
    change,
  )

const reverse = (TransactionID: unknown, change: Change = {}) =>
  operation(
    '/mpesa/reversal/v1/request',
    {
      CommandID: 'TransactionReversal',
      TransactionID,
      Amount: 1500,
      ReceiverParty: '174379',
      RecieverIdentifierType: '11',
    },
    change,
  )

const status = (change: Change) =>
  operation(
    '/mpesa/transactionstatus/v1/query',
    { CommandID: 'TransactionStatusQuery', PartyA: '174379', IdentifierType: '4' },
    change,
  )

/** Pays by push; returns the receipt. */
async function paid(): Promise<string> {
  await merchant.push()
  await merchant.arrived(1)
  merchant.received.length = 0
  return sandbox.payments()[0]?.outcome?.receipt ?? ''
}

test('the published certificate is a certificate, signed by its own key', async () => {
  const pem = await (await fetch(`${sandbox.baseUrl}/daraja/cert`)).text()
  const certificate = new X509Certificate(pem)
  expect(certificate.subject).toBe('CN=apicrypt.sandbox.localhost')
  expect(certificate.verify(certificate.publicKey)).toBe(true)
  expect(await merchant.credential()).toHaveLength(344)
})

test('a payout is acknowledged, then reported with every documented parameter [S4-25]', async () => {
  const { body } = await payOut()
  expect(body).toEqual({
    ConversationID: expect.stringMatching(/^AG_\d{8}_[0-9a-f]{20}$/) as string,
    OriginatorConversationID: 'payout-1',
    ResponseCode: '0',
    ResponseDescription: 'Accept the service request successfully.',
  })
  const [result] = await merchant.arrived(1)
  expect(resultIn(result)).toMatchObject({
    ResultType: 0,
    ResultCode: 0,
    OriginatorConversationID: 'payout-1',
    ConversationID: body.ConversationID,
    TransactionID: expect.stringMatching(/^[A-Z0-9]{10}$/) as string,
    ReferenceData: { ReferenceItem: { Key: 'QueueTimeoutURL' } },
  })
  expect(parametersIn(result)).toMatchObject({
    TransactionAmount: 500,
    TransactionReceipt: resultIn(result).TransactionID,
    ReceiverPartyPublicName: `${PAYER} - +${PAYER}`,
    TransactionCompletedDateTime: expect.stringMatching(/^\d\d\.\d\d\.20\d\d \d\d:\d\d:\d\d$/) as string,
    B2CUtilityAccountAvailableFunds: 9_999_500,
    B2CRecipientIsRegisteredCustomer: 'Y',
  })
  expect(sandbox.phone(PAYER).balance()).toBe(50_500)
  expect(sandbox.totals()).toMatchObject({ KES: { paidOut: { count: 1, amount: 500 } } })
})

test('a payout with the same id is refused and pays once; without ids (v1) it pays twice [S4-25]', async () => {
  await payOut()
  const second = await payOut()
  expect([second.status, second.body.errorCode, second.body.errorMessage]).toEqual([
    500,
    '500.002.1001',
    'Duplicate OriginatorConversationID.',
  ])
  await payOut({}, 'v1')
  await payOut({}, 'v1')
  await merchant.arrived(3)
  expect(sandbox.phone(PAYER).balance()).toBe(51_500)
})

test.each([
  ['below the minimum', { Amount: 9 }, 2],
  ['above the maximum', { Amount: 250_001 }, 3],
  ['by an initiator nobody knows', { InitiatorName: 'somebody' }, 2001],
])('a payout %s fails without parameters [S4-25]', async (_, change, code) => {
  await payOut(change)
  const [result] = await merchant.arrived(1)
  expect(resultIn(result).ResultCode).toBe(code)
  expect(resultIn(result)).not.toHaveProperty('ResultParameters')
})

test.each(['1', '4', '8', '11', '21', '2001', '2006', '2028', '2040', '8006', 'SFC_IC0003'] as const)(
  'a payout can end with %s [S4-25]',
  async (operationCode) => {
    sandbox.scenario({ operationCode })
    await payOut()
    expect(String(resultIn((await merchant.arrived(1))[0]).ResultCode)).toBe(operationCode)
    expect(sandbox.phone(PAYER).balance()).toBe(50_000)
  },
)

test('a payout whose queue timed out goes to the other URL, though the money may have moved [S4-25]', async () => {
  sandbox.scenario({ queueTimeout: true })
  await payOut()
  const [timedOut] = await merchant.arrived(1)
  expect(timedOut?.path).toBe('/inbound/timeout')
  expect(sandbox.phone(PAYER).balance()).toBe(50_500)
  await status({ OriginalConversationID: 'payout-1' })
  const [, settled] = await merchant.arrived(2)
  expect(parametersIn(settled)).toMatchObject({ TransactionStatus: 'Completed', Amount: '500' })
})

test('a full wallet receives nothing: 8 [S4-25]', async () => {
  sandbox.phone(PAYER).set({ balance: 499_999 })
  await payOut()
  expect(resultIn((await merchant.arrived(1))[0]).ResultCode).toBe(8)
})

test('a credential for another password ends with 2001, what is no credential is refused [S4-28]', async () => {
  await payOut({ SecurityCredential: await merchant.credential('wrong') })
  expect(resultIn((await merchant.arrived(1))[0]).ResultCode).toBe(2001)
  await payOut({ OriginatorConversationID: 'payout-2', SecurityCredential: `${'A'.repeat(342)}==` })
  expect(resultIn((await merchant.arrived(2))[1]).ResultCode).toBe(2001)
  const { body } = await payOut({ OriginatorConversationID: 'payout-3', SecurityCredential: 'plain' })
  expect(body.errorMessage).toBe('Bad Request - Invalid SecurityCredential')
})

test.each([
  ['OriginatorConversationID', ''],
  ['InitiatorName', ''],
  ['CommandID', 'Gift'],
  ['Amount', 'ten'],
  ['PartyA', 'x'],
  ['PartyB', '12'],
  ['Remarks', 'x'],
  ['ResultURL', ''],
  ['QueueTimeOutURL', ''],
])('a payout without a right %s is refused with its name [S4-28]', async (field, value) => {
  const { status: http, body } = await payOut({ [field]: value })
  expect([http, body.errorMessage]).toEqual([400, `Bad Request - Invalid ${field}`])
})

test('a payment is given back once: then R000001, and R000002 for a receipt nobody has [S4-28]', async () => {
  const receipt = await paid()
  await reverse(receipt)
  await merchant.arrived(1)
  await reverse(receipt)
  await merchant.arrived(2)
  await reverse('UKK0000000')
  const results = await merchant.arrived(3)
  expect(results.map((one) => resultIn(one).ResultCode)).toEqual([0, 'R000001', 'R000002'])
  expect(parametersIn(results[0])).toMatchObject({
    Amount: 1500,
    OriginalTransactionID: receipt,
    TransCompletedTime: expect.any(Number) as number,
    CreditPartyPublicName: `${PAYER} - +${PAYER}`,
  })
  expect(sandbox.phone(PAYER).balance()).toBe(50_000)
  expect(sandbox.totals()).toMatchObject({ KES: { charged: { amount: 1500 }, reversed: { count: 1, amount: 1500 } } })
})

test('a part can be given back, more than was paid cannot', async () => {
  const receipt = await paid()
  await reverse(receipt, { Amount: 1501 })
  await merchant.arrived(1)
  await reverse(receipt, { Amount: 500 })
  const results = await merchant.arrived(2)
  expect(results.map((one) => resultIn(one).ResultCode)).toEqual([25, 0])
  expect(sandbox.phone(PAYER).balance()).toBe(49_000)
})

test('the status of a payment is told by receipt, of an unknown one it is refused [S4-26]', async () => {
  const receipt = await paid()
  await status({ TransactionID: receipt })
  await merchant.arrived(1)
  await status({ TransactionID: 'UKK0000000' })
  const [known, unknown] = await merchant.arrived(2)
  expect(parametersIn(known)).toMatchObject({
    ReceiptNo: receipt,
    TransactionStatus: 'Completed',
    Amount: '1500',
    FinalisedTime: expect.stringMatching(/^20\d{12}$/) as string,
    CreditPartyName: '174379 - TMS Coach Tickets',
  })
  expect(resultIn(unknown).ResultCode).toBe(25)
})

test('the balance of a short code is one line of accounts', async () => {
  await paid()
  const path = '/mpesa/accountbalance/v1/query'
  await operation(path, { CommandID: 'AccountBalance', PartyA: '174379', IdentifierType: '4' }, {})
  const { AccountBalance, BOCompletedTime } = parametersIn((await merchant.arrived(1))[0])
  expect(String(AccountBalance).split('&')).toEqual([
    'Working Account|KES|1001500.00|1001500.00|0.00|0.00',
    'Utility Account|KES|10000000.00|10000000.00|0.00|0.00',
    'Charges Paid Account|KES|0.00|0.00|0.00|0.00',
    'Organization Settlement Account|KES|0.00|0.00|0.00|0.00',
  ])
  expect(BOCompletedTime).toBeGreaterThan(20_000_000_000_000)
})

test('results are late, lost and doubled like callbacks [S4-24]', async () => {
  sandbox.scenario({ callbackDelayMs: 20, callbackCopies: 2 })
  await payOut()
  const arrived = await merchant.arrived(2)
  expect(arrived[0]?.text).toBe(arrived[1]?.text)
  expect(sandbox.totals()).toMatchObject({ KES: { paidOut: { count: 1 } } })
})
