import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Sandbox } from '../index.ts'
import { type Merchant, startMerchant, startTestSandbox } from '../testing/merchant.ts'

let sandbox: Sandbox
let merchant: Merchant

beforeEach(async () => {
  sandbox = await startTestSandbox({ smsApiKey: 'right' })
  merchant = await startMerchant(sandbox)
  sandbox.reportTo(merchant.callbackUrl)
})
afterEach(async () => {
  await merchant.stop()
  await sandbox.stop()
})

const PHONE = '+250788123499'

const send = (form: Record<string, string> = {}, apiKey = 'right') => {
  const body = new URLSearchParams({ username: 'sandbox', to: PHONE, message: 'Hello', ...form })
  const headers = { apiKey, accept: 'application/json' }
  return fetch(`${sandbox.baseUrl}/africastalking/version1/messaging`, { method: 'POST', headers, body })
}

type Recipient = { statusCode: number; number: string; status: string; cost: string; messageId: string }
const summaryOf = async (response: Response) =>
  ((await response.json()) as { SMSMessageData: { Message: string; Recipients: Recipient[] } }).SMSMessageData
const reportIn = (index: number) => Object.fromEntries(new URLSearchParams(merchant.received[index]?.text))

test('a message is taken with 201 in the documented shape, and is on the phone', async () => {
  const response = await send({ from: 'TMS', message: 'Itike: https://tms.rw/t/1' })
  expect(response.status).toBe(201)
  expect(await summaryOf(response)).toEqual({
    Message: 'Sent to 1/1 Total Cost: KES 0.8000',
    Recipients: [
      {
        statusCode: 101,
        number: PHONE,
        status: 'Success',
        cost: 'KES 0.8000',
        messageId: expect.stringMatching(/^ATXid_/) as string,
      },
    ],
  })
  expect(sandbox.messages(PHONE)).toMatchObject([
    { from: 'TMS', text: 'Itike: https://tms.rw/t/1', encoding: 'GSM-7', segments: 1 },
  ])
})

test('several recipients are charged by the part', async () => {
  const summary = await summaryOf(await send({ to: '+254711000111,+250722000111', message: 'é’'.repeat(40) }))
  expect(summary.Message).toBe('Sent to 2/2 Total Cost: KES 3.2000')
  expect(sandbox.messages()).toMatchObject([{ encoding: 'UCS-2', segments: 2 }, { segments: 2 }])
})

test('a wrong key is refused with 401 and plain text', async () => {
  const response = await send({}, 'wrong')
  expect([response.status, response.headers.get('content-type')]).toEqual([401, 'text/plain; charset=utf-8'])
  expect(await response.text()).toBe('The supplied authentication is invalid')
})

test.each(['username', 'to', 'message'])('without %s it is a bad request', async (field) => {
  const response = await send({ [field]: '' })
  expect([response.status, await response.text()]).toEqual([400, `Request is missing required form field '${field}'`])
})

test('a sender that cannot be registered is refused for all', async () => {
  const summary = await summaryOf(await send({ from: 'much too long a name' }))
  expect(summary).toEqual({ Message: 'InvalidSenderId', Recipients: [] })
})

test.each([
  ['+250788120001', 403, 'InvalidPhoneNumber'],
  ['+250788120002', 406, 'UserInBlacklist'],
  ['0788123456', 403, 'InvalidPhoneNumber'],
])('%s is refused with %d', async (to, statusCode, status) => {
  const summary = await summaryOf(await send({ to }))
  expect(summary.Recipients).toMatchObject([{ statusCode, status, number: to }])
  expect(sandbox.messages(to)).toEqual([])
})

test.each([
  ['risk-hold', 401],
  ['unsupported-number', 404],
  ['no-credit', 405],
  ['no-route', 407],
  ['do-not-disturb', 409],
  ['internal-error', 500],
  ['gateway-error', 501],
  ['rejected', 502],
] as const)('%s is status %d', async (smsStatus, statusCode) => {
  sandbox.scenario({ smsStatus })
  expect((await summaryOf(await send())).Recipients).toMatchObject([{ statusCode }])
})

test('a delivery report is a form with the network behind the number', async () => {
  const summary = await summaryOf(await send())
  const [report] = await merchant.arrived(1)
  expect(report?.headers['content-type']).toBe('application/x-www-form-urlencoded')
  expect(reportIn(0)).toEqual({
    id: summary.Recipients[0]?.messageId,
    status: 'Success',
    phoneNumber: PHONE,
    networkCode: '63510',
    retryCount: '0',
  })
  expect(sandbox.messages(PHONE)[0]?.report).toBe('Success')
})

test.each([
  ['failed', 'Failed', 'DeliveryFailure'],
  ['rejected', 'Rejected', 'UserAccountSuspended'],
  ['absent', 'AbsentSubscriber', undefined],
  ['expired', 'Expired', undefined],
] as const)('a message that is %s is reported and never on the phone', async (smsReport, status, failureReason) => {
  sandbox.scenario({ smsReport })
  await send()
  await merchant.arrived(1)
  expect(reportIn(0)).toMatchObject({ status, ...(failureReason && { failureReason }) })
  expect(sandbox.messages(PHONE)).toEqual([])
})

test.each([
  ['+250788120004', 'AbsentSubscriber'],
  ['+250788120003', 'Success'],
])('the last digits of %s alone bring about %s', async (to, status) => {
  sandbox.phone(to).scenario({ smsReportDelayMs: 0 })
  await send({ to })
  await merchant.arrived(1)
  expect(reportIn(0)).toMatchObject({ status })
})

test('the people of the demo get their messages, whatever their numbers end with', async () => {
  await send({ to: '+250788000001' })
  expect(sandbox.messages('+250788000001')).toHaveLength(1)
})

test('the last digits 0005 are never reported', async () => {
  await send({ to: '+250788120005' })
  await send({ to: '+250788123499' })
  await merchant.arrived(1)
  expect(reportIn(0).phoneNumber).toBe('+250788123499')
})

test('the SMS provider can be down, and its answer can be lost after the SMS went out', async () => {
  sandbox.scenario({ smsOutage: '503' })
  expect((await send()).status).toBe(503)
  sandbox.scenario({ smsOutage: 'reset' })
  await expect(send()).rejects.toThrow()
  expect(sandbox.messages(PHONE)).toEqual([])
  sandbox.scenario({ smsOutage: 'lost-answer' })
  await expect(send()).rejects.toThrow()
  expect(sandbox.messages(PHONE)).toHaveLength(1)
  expect(sandbox.requests('/africastalking')).toHaveLength(3)
})

test('a phone keeps its newest fifty messages', async () => {
  for (let i = 1; i <= 55; i++) await send({ message: `number ${i}` })
  const texts = sandbox.messages(PHONE).map((message) => message.text)
  expect([texts.length, texts[0], texts.at(-1)]).toEqual([50, 'number 55', 'number 6'])
})
