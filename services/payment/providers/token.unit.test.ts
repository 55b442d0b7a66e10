import { expect, test } from 'vitest'
import type { OutboundResponse } from '#kit'
import { TokenUnavailable, tokenSource } from './token.ts'

function source(answers: () => OutboundResponse | Promise<OutboundResponse>) {
  const state = { fetched: 0, nowMs: 0 }
  const tokens = tokenSource({
    clock: { now: () => new Date(state.nowMs) },
    ask: async () => {
      state.fetched += 1
      return answers()
    },
    earlyMs: 20_000,
    faultIn: ({ status }) => `http ${status}`,
  })
  return { state, tokens }
}
const given = (access_token: string, expires_in: unknown): OutboundResponse => ({
  status: 200,
  headers: {},
  text: JSON.stringify({ access_token, expires_in, token_type: 'bearer' }),
})

test('a token is fetched once for all who ask at once, and renewed shortly before it runs out', async () => {
  let count = 0
  const { state, tokens } = source(() => given(`t${++count}`, '180'))
  expect(await Promise.all([tokens.current(), tokens.current(), tokens.current()])).toEqual(['t1', 't1', 't1'])
  state.nowMs = 159_999
  expect(await tokens.current()).toBe('t1')
  state.nowMs = 160_000
  expect(await tokens.current()).toBe('t2')
  expect(state.fetched).toBe(2)
})

test('a refused token is dropped, unless a newer one has taken its place', async () => {
  let count = 0
  const { tokens } = source(() => given(`t${++count}`, 3600))
  const first = await tokens.current()
  tokens.discard(first)
  const second = await tokens.current()
  tokens.discard(first)
  expect([second, await tokens.current()]).toEqual(['t2', 't2'])
})

test('a token whose life is unknown, or shorter than the margin, is not kept beyond half of it', async () => {
  const short = source(() => given('t', 10))
  await short.tokens.current()
  short.state.nowMs = 4_999
  await short.tokens.current()
  short.state.nowMs = 5_000
  await short.tokens.current()
  expect(short.state.fetched).toBe(2)
  const unknown = source(() => given('t', 'soon'))
  await unknown.tokens.current()
  await unknown.tokens.current()
  expect(unknown.state.fetched).toBe(2)
})

test.each([
  ['a refusal', () => ({ status: 401, headers: {}, text: '{"error":"login_failed"}' })],
  ['a page', () => ({ status: 200, headers: {}, text: '<h1>ok</h1>' })],
  ['no answer', () => Promise.reject(new Error('reset'))],
])('%s gives no token, and the next one asks anew', async (_, answers) => {
  const { state, tokens } = source(answers)
  await expect(tokens.current()).rejects.toThrow(TokenUnavailable)
  await expect(tokens.current()).rejects.toThrow(TokenUnavailable)
  expect(state.fetched).toBe(2)
})
