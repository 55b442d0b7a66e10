import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Sandbox } from '../index.ts'
import { type Merchant, PAYER, startMerchant, startTestSandbox } from '../testing/merchant.ts'

let sandbox: Sandbox
let merchant: Merchant

beforeAll(async () => {
  const clock = { now: () => new Date('2026-11-20T08:00:00Z') } // 11:00 in Nairobi
  sandbox = await startTestSandbox({ clock })
  merchant = await startMerchant(sandbox)
  await merchant.push({ AccountReference: 'BK1' })
  await merchant.push({ AccountReference: 'BK2' })
  await merchant.arrived(2)
})
afterAll(async () => {
  await merchant.stop()
  await sandbox.stop()
})

const pull = (change: Record<string, unknown> = {}) =>
  merchant.call('/pulltransactions/v1/query', {
    ShortCode: '174379',
    StartDate: '2026-11-20 10:59:59',
    EndDate: '2026-11-20 11:00:00',
    OffSetValue: '0',
    ...change,
  })

test('what came in can be listed, in rows that are nested twice [S4-27]', async () => {
  const { body } = await pull()
  expect(body.ResponseCode).toBe('1000')
  const receipts = sandbox.payments().map((payment) => payment.outcome?.receipt)
  expect(body.Response).toMatchObject([
    [
      { transactionId: receipts[0], billreference: 'BK2', trxDate: '2026-11-20 11:00:00', msisdn: PAYER },
      { transactionId: receipts[1], billreference: 'BK1' },
    ],
  ])
})

test.each([
  ['another short code', { ShortCode: '600984' }],
  ['an hour without payments', { EndDate: '2026-11-20 10:59:59' }],
  ['an offset beyond the last row', { OffSetValue: '2' }],
])('%s has no rows: 1001 [S4-27]', async (_, change) => {
  expect((await pull(change)).body).toMatchObject({ ResponseCode: '1001', Response: [[]] })
})

test.each([
  ['ShortCode', 'x', 'Bad Request - Invalid ShortCode'],
  ['StartDate', '20.11.2026', 'Bad Request - Invalid StartDate'],
  ['EndDate', '2026-11-20 10:00:00', 'Bad Request - Invalid EndDate'],
  ['OffSetValue', '-1', 'Bad Request - Invalid OffSetValue'],
  ['ShortCode', '999999', 'Merchant does not exist'],
])('%s = %s is refused', async (field, value, message) => {
  expect((await pull({ [field]: value })).body.errorMessage).toBe(message)
})
