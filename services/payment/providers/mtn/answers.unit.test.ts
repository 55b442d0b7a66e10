import { describe, expect, test } from 'vitest'
import { money, type OutboundResponse } from '#kit'
import { isUnwell, readStatus, readSubmission } from './answers.ts'

const answer = (status: number, body: unknown = ''): OutboundResponse => ({
  status,
  headers: {},
  text: typeof body === 'string' ? body : JSON.stringify(body),
})
const coded = (status: number, code: string) => answer(status, { message: 'as MTN words it', code })
const asked = money('RWF', 1500)

describe('what an answer of MTN says about whether money may move [S3-57]', () => {
  test.each([
    ['acknowledged, without a body', answer(202), 'ACCEPTED'],
    ['a reference id that was sent before', coded(409, 'RESOURCE_ALREADY_EXIST'), 'ACCEPTED'],
    ['malformed, without a body', answer(400), 'FAILED'],
    ['a wrong currency, sent as 500', coded(500, 'INVALID_CURRENCY'), 'FAILED'],
    ['a wrong environment, sent as 500', coded(500, 'NOT_ALLOWED_TARGET_ENVIRONMENT'), 'FAILED'],
    ['a callback host that is not ours, sent as 500', coded(500, 'INVALID_CALLBACK_URL_HOST'), 'FAILED'],
    ['not allowed, sent as 500', coded(500, 'NOT_ALLOWED'), 'FAILED'],
    ['unavailable', coded(503, 'SERVICE_UNAVAILABLE'), 'RETRYABLE'],
    ['a token that is refused twice', answer(401, { error: 'unauthorized' }), 'RETRYABLE'],
    ['an address that is not on the list', answer(403, { code: 'FORBIDDEN_IP', message: '' }), 'RETRYABLE'],
    ['no length', answer(411, '<HTML></HTML>'), 'RETRYABLE'],
    ['too fast', answer(429, { statusCode: 429, message: 'Rate limit is exceeded.' }), 'RETRYABLE'],
    ['an inner fault', coded(500, 'INTERNAL_PROCESSING_ERROR'), 'UNKNOWN'],
    ['a gateway that gave up waiting', answer(504), 'UNKNOWN'],
    ['a page with status 200', answer(200, '<h1>ok</h1>'), 'UNKNOWN'],
  ])('%s', (_, response, outcome) => {
    expect(readSubmission(response, 'ref')).toMatchObject({ outcome })
  })

  test('only what says that MTN is unwell counts for its circuit breaker', () => {
    expect(isUnwell(coded(500, 'INVALID_CURRENCY'))).toBe(false)
    expect(isUnwell(coded(409, 'RESOURCE_ALREADY_EXIST'))).toBe(false)
    expect(isUnwell(coded(500, 'INTERNAL_PROCESSING_ERROR'))).toBe(true)
    expect(isUnwell(answer(429))).toBe(true)
  })
})

describe('what MTN says about a request that it was asked for [S4-26]', () => {
  const status = (fields: Record<string, unknown>, over = false) =>
    readStatus(answer(200, { externalId: 'ref', amount: '1500', currency: 'RWF', ...fields }), asked, over)

  test('paid, with the number of the transaction', () => {
    const paid = status({ status: 'SUCCESSFUL', financialTransactionId: '1195582132' })
    expect(paid).toEqual({ outcome: 'PAID', receipt: '1195582132' })
  })

  test.each([{ amount: '1' }, { currency: 'EUR' }, { amount: 'all' }, { amount: undefined }])(
    'paid with other money than was asked for is not believed: %j',
    (change) => {
      expect(status({ status: 'SUCCESSFUL', ...change })).toMatchObject({ outcome: 'UNKNOWN' })
    },
  )

  test.each([
    ['APPROVAL_REJECTED', 'DECLINED'],
    ['EXPIRED', 'TIMED_OUT'],
    ['NOT_ENOUGH_FUNDS', 'INSUFFICIENT_FUNDS'],
    ['PAYER_LIMIT_REACHED', 'LIMIT_EXCEEDED'],
    ['PAYER_NOT_FOUND', 'REFUSED'],
    ['INTERNAL_PROCESSING_ERROR', 'PROVIDER_BUSY'],
    ['SOMETHING_NEW', 'REFUSED'],
  ])('failed for %s, written as text or as object', (code, reason) => {
    const failed = { outcome: 'FAILED', reason, code }
    expect(status({ status: 'FAILED', reason: code })).toEqual(failed)
    expect(status({ status: 'FAILED', reason: { code, message: 'in words' } })).toEqual(failed)
  })

  test.each(['PENDING', 'CREATED'])('%s is not over', (state) => {
    expect(status({ status: state }, true)).toEqual({ outcome: 'PENDING' })
  })

  test('what it does not know may still come, until it cannot any more', () => {
    const unknown = coded(404, 'RESOURCE_NOT_FOUND')
    expect(readStatus(unknown, asked, false)).toEqual({ outcome: 'PENDING' })
    expect(readStatus(unknown, asked, true)).toMatchObject({ outcome: 'FAILED', reason: 'NOT_RECEIVED' })
  })

  test.each([
    ['an outage', answer(503)],
    ['a page', answer(200, '<h1>ok</h1>')],
    ['a 404 of some proxy', answer(404, '<h1>no</h1>')],
    ['a state that is not known', answer(200, { status: 'MAYBE' })],
  ])('%s says nothing', (_, response) => {
    expect(readStatus(response, asked, true)).toMatchObject({ outcome: 'UNKNOWN' })
  })
})
