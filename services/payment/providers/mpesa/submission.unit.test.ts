import { describe, expect, test } from 'vitest'
import { OutboundError, type OutboundResponse } from '#kit'
import { textIn } from '../json.ts'
import { isUnwell } from './envelope.ts'
import { submissionOf } from './submission.ts'
import { TokenUnavailable } from '../token.ts'

const answer = (status: number, body: unknown): OutboundResponse => ({
  status,
  headers: {},
  text: typeof body === 'string' ? body : JSON.stringify(body),
})
const fault = (errorCode: string, errorMessage: string) =>
  answer(Number(errorCode.slice(0, 3)), { requestId: '1c5b', errorCode, errorMessage })
const read = (response: OutboundResponse) =>
  submissionOf(Promise.resolve(response), (ack) => textIn(ack, 'CheckoutRequestID'))

describe('what an answer of Daraja says about whether money may move [S3-57, S4-28]', () => {
  test.each([
    ['acknowledged', answer(200, { ResponseCode: '0', CheckoutRequestID: 'ws_CO_1' }), 'ACCEPTED'],
    ['refused in an acknowledgement', answer(200, { ResponseCode: '1', CheckoutRequestID: 'ws_CO_1' }), 'FAILED'],
    ['acknowledged without a reference', answer(200, { ResponseCode: '0' }), 'UNKNOWN'],
    ['an HTML page with status 200', answer(200, '<h1>ok</h1>'), 'UNKNOWN'],
    ['an invalid field', fault('400.002.02', 'Bad Request - Invalid Amount'), 'FAILED'],
    ['another session on the phone', fault('500.001.1001', 'Unable to lock subscriber, a transaction …'), 'FAILED'],
    ['wrong credentials', fault('500.001.1001', 'Wrong credentials'), 'FAILED'],
    ['spike arrest', fault('500.003.02', 'Error Occurred - Spike Arrest Violation'), 'RETRYABLE'],
    ['quota', fault('500.003.03', 'Error Occurred - Quota Violation'), 'RETRYABLE'],
    ['maintenance', fault('500.002.1001', 'Service is currently under maintenance'), 'RETRYABLE'],
    ['a token that is refused twice', fault('404.001.03', 'Invalid Access Token'), 'RETRYABLE'],
    ['unavailable', answer(503, '<h1>Service Unavailable</h1>'), 'RETRYABLE'],
    ['an inner fault', fault('500.003.1001', 'Internal Server Error'), 'UNKNOWN'],
    ['a gateway that gave up waiting', answer(504, ''), 'UNKNOWN'],
  ])('%s', async (_, response, expected) => {
    expect(await read(response)).toMatchObject({ outcome: expected })
  })

  test('nothing was sent for want of a token', async () => {
    const sending = Promise.reject(new TokenUnavailable('none'))
    expect(await submissionOf(sending, () => '')).toMatchObject({ outcome: 'RETRYABLE' })
  })

  test.each([
    ['not-sent', 'RETRYABLE'],
    ['unknown', 'UNKNOWN'],
  ] as const)('no answer came, outcome %s', async (outcome, expected) => {
    const sending = Promise.reject(new OutboundError('no answer', outcome, {}))
    expect(await submissionOf(sending, () => '')).toMatchObject({ outcome: expected })
  })

  test('a fault of the program is not a fault of the provider', async () => {
    await expect(submissionOf(Promise.reject(new TypeError('bug')), () => '')).rejects.toThrow(TypeError)
  })
})

test('only what says that Daraja is unwell counts for its circuit breaker', () => {
  expect(isUnwell(fault('500.001.1001', 'The transaction is being processed'))).toBe(false)
  expect(isUnwell(fault('500.002.1001', 'Duplicate OriginatorConversationID.'))).toBe(false)
  expect(isUnwell(fault('400.002.02', 'Bad Request - Invalid Amount'))).toBe(false)
  expect(isUnwell(fault('500.003.02', 'Error Occurred - Spike Arrest Violation'))).toBe(true)
  expect(isUnwell(answer(503, ''))).toBe(true)
})
