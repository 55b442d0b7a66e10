import { describe, expect, test } from 'vitest'
import type { OutboundResponse } from '#kit'
import { isUnwell, readEnquiry, readSubmission } from './answers.ts'
import { reasonOf } from './codes.ts'

const answer = (status: number, body: unknown = ''): OutboundResponse => ({
  status,
  headers: {},
  text: typeof body === 'string' ? body : JSON.stringify(body),
})
const coded = (status: number, response_code: string, transaction: unknown = { id: false, status: 'Success.' }) =>
  answer(status, { data: { transaction }, status: { response_code, code: String(status), success: true } })
const old = (status: number, result_code: string) =>
  answer(status, { status: { response_code: '', result_code, code: String(status), success: false } })

describe('what an answer of Airtel says about whether money may move [S3-57]', () => {
  test.each([
    ['in process, though it names no id', coded(200, 'DP00800001006'), 'ACCEPTED'],
    ['an id that was sent before', old(400, 'ESB000041'), 'ACCEPTED'],
    ['a disbursement id that was sent before', coded(400, 'DP00900001017'), 'ACCEPTED'],
    ['ambiguous', coded(200, 'DP00800001000'), 'UNKNOWN'],
    ['timed out at the wallet', coded(200, 'DP00900001014'), 'UNKNOWN'],
    ['timed out at the router', coded(400, 'ROUTER117'), 'UNKNOWN'],
    ['ambiguous, in the old family', old(200, 'ESB000001'), 'UNKNOWN'],
    ['refused by the user', coded(200, 'DP00800001008'), 'FAILED'],
    ['not authorised for the country', coded(403, 'ROUTER007'), 'FAILED'],
    ['an unsigned request', coded(403, 'DP00800001026'), 'FAILED'],
    ['a wrong number', old(400, 'ESB000036'), 'FAILED'],
    ['a token that is refused twice', answer(401, { error: 'invalid_token' }), 'RETRYABLE'],
    ['too fast', answer(429), 'RETRYABLE'],
    ['unavailable', answer(503, '<h1>Service Unavailable</h1>'), 'RETRYABLE'],
    ['a code that is new', coded(200, 'DP00800009999'), 'UNKNOWN'],
    ['a page with status 200', answer(200, '<h1>ok</h1>'), 'UNKNOWN'],
    ['a gateway that gave up waiting', answer(504), 'UNKNOWN'],
  ])('%s', (_, response, outcome) => {
    expect(readSubmission(response, 'ref')).toMatchObject({ outcome })
  })

  test('only what says that Airtel is unwell counts for its circuit breaker', () => {
    expect(isUnwell(coded(500, 'DP00800001007'))).toBe(false)
    expect(isUnwell(old(400, 'ESB000041'))).toBe(false)
    expect(isUnwell(answer(500))).toBe(true)
    expect(isUnwell(answer(429))).toBe(true)
  })
})

describe('what Airtel says about a transaction that it is asked about [S4-26]', () => {
  const state = (status: string, code: string, change: object = {}) =>
    readEnquiry(coded(200, code, { id: 'BK1A2B3C', status, ...change }), true)

  test('paid, also when it was given back since', () => {
    const airtel_money_id = 'MP210603.1234.L06941'
    const paid = { outcome: 'PAID', receipt: airtel_money_id }
    expect(state('TS', 'DP00800001001', { airtel_money_id })).toEqual(paid)
    expect(state('TR', 'DP00800001001', { airtel_money_id })).toEqual(paid)
  })

  test('failed, though the envelope is a success', () => {
    expect(state('TF', 'DP00800001007')).toMatchObject({ outcome: 'FAILED', reason: 'INSUFFICIENT_FUNDS' })
    expect(state('TE', 'DP00800001029')).toMatchObject({ outcome: 'FAILED', reason: 'TIMED_OUT' })
    expect(state('TF', 'DP00800001024')).toMatchObject({ outcome: 'FAILED', reason: 'TIMED_OUT' })
  })

  test.each([
    ['TIP', 'DP00800001006'],
    ['TA', 'DP00800001000'],
  ])('%s is not over, however long it lasts', (status, code) => {
    expect(state(status, code)).toEqual({ outcome: 'PENDING' })
  })

  test.each([coded(400, 'DP00800001025'), old(400, 'ESB000045'), coded(400, 'DP00900001015')])(
    'what it does not know may still come, until it cannot any more',
    (response) => {
      expect(readEnquiry(response, false)).toEqual({ outcome: 'PENDING' })
      expect(readEnquiry(response, true)).toMatchObject({ outcome: 'FAILED', reason: 'NOT_RECEIVED' })
    },
  )

  test.each([answer(503), answer(200, '<h1>ok</h1>'), coded(200, 'DP00800001001', { status: 'MAYBE' }), answer(404)])(
    'anything else says nothing',
    (response) => {
      expect(readEnquiry(response, true)).toMatchObject({ outcome: 'UNKNOWN' })
    },
  )
})

test('a code that is not known, or is no failure, gives no reason of its own', () => {
  expect([reasonOf('DP00800009999'), reasonOf('DP00800001001')]).toEqual(['REFUSED', 'REFUSED'])
})
