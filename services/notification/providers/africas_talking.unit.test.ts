import { describe, expect, test } from 'vitest'
import { outcomeOf } from './africas_talking.ts'
import { readSmsReport } from './africas_talking_report.ts'

const answer = (recipients: readonly object[], message = 'Sent to 1/1 Total Cost: KES 0.8000') => ({
  status: 201,
  text: JSON.stringify({ SMSMessageData: { Message: message, Recipients: recipients } }),
})
const recipient = (statusCode: number, status: string) => ({
  statusCode,
  number: '+254711000111',
  status,
  cost: 'KES 0.8000',
  messageId: 'ATXid_1a2b',
})

describe('an answer of Africa’s Talking', () => {
  test.each([
    [100, 'Processed', { kind: 'accepted', messageId: 'ATXid_1a2b' }],
    [101, 'Success', { kind: 'accepted', messageId: 'ATXid_1a2b' }],
    [102, 'Queued', { kind: 'accepted', messageId: 'ATXid_1a2b' }],
    [401, 'RiskHold', { kind: 'refused', reason: 'RiskHold' }],
    [403, 'InvalidPhoneNumber', { kind: 'refused', reason: 'InvalidPhoneNumber' }],
    [405, 'InsufficientBalance', { kind: 'postponed', reason: 'InsufficientBalance' }],
    [406, 'UserInBlacklist', { kind: 'refused', reason: 'UserInBlacklist' }],
    [500, 'InternalServerError', { kind: 'postponed', reason: 'InternalServerError' }],
    [501, 'GatewayError', { kind: 'postponed', reason: 'GatewayError' }],
    [502, 'RejectedByGateway', { kind: 'refused', reason: 'RejectedByGateway' }],
    [999, 'no word for +254711000111', { kind: 'refused', reason: 'refused' }],
  ])('%d %s', (statusCode, status, outcome) => {
    expect(outcomeOf(answer([recipient(statusCode, status)]))).toEqual(outcome)
  })

  test('without recipients says why in its message', () => {
    expect(outcomeOf(answer([], 'InvalidSenderId'))).toEqual({ kind: 'refused', reason: 'InvalidSenderId' })
  })

  test.each([
    [401, 'postponed'],
    [429, 'postponed'],
    [503, 'postponed'],
    [400, 'refused'],
    [500, 'unknown'],
    [504, 'unknown'],
    [302, 'unknown'],
  ])('of HTTP status %d is %s', (status, kind) => {
    expect(outcomeOf({ status, text: 'plain text' }).kind).toBe(kind)
  })

  test.each(['', 'OK', '{}', '[]', 'null', '{"SMSMessageData":{"Recipients":5}}'])(
    'that cannot be read leaves it unknown: %s',
    (text) => {
      expect(outcomeOf({ status: 201, text })).toEqual({ kind: 'unknown', reason: 'unreadable-answer' })
    },
  )
})

describe('a delivery report', () => {
  const read = (form: string) => readSmsReport(new TextEncoder().encode(form))

  test.each([
    ['status=Success', 'delivered', 'Success'],
    ['status=Buffered', 'on-the-way', 'Buffered'],
    ['status=AbsentSubscriber', 'failed', 'AbsentSubscriber'],
    ['status=Failed&failureReason=UserInBlackList', 'failed', 'UserInBlackList'],
    ['status=SomethingNew', 'on-the-way', 'SomethingNew'],
  ])('%s', (fields, status, reason) => {
    const report = { messageId: 'ATXid_1', phone: '+250788000111', status, reason }
    expect(read(`id=ATXid_1&phoneNumber=%2B250788000111&${fields}`)).toEqual(report)
    expect(read(`id=ATXid_1&phoneNumber=+250788000111&${fields}`)).toEqual(report)
  })

  test.each(['', 'id=ATXid_1', 'status=Success', `id=${'x'.repeat(129)}&status=Success`, '{"id":1}'])(
    'is none: "%.40s"',
    (form) => {
      expect(read(form)).toBeUndefined()
    },
  )
})
