import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { Code, ConnectError } from '@connectrpc/connect'
import { describe, expect, test } from 'vitest'
import { apiKeys, type ExchangedToken } from './api_keys.ts'

function setting(answer: (secret: string) => Promise<ExchangedToken>) {
  const clock = { ms: Date.parse('2026-11-20T06:00:00Z') }
  const asked: string[] = []
  const tokenOfKey = apiKeys(
    (secret) => {
      asked.push(secret)
      return answer(secret)
    },
    () => clock.ms,
  )
  return { clock, asked, tokenOfKey }
}

const tenMinutes = (clock: { ms: number }) => timestampFromMs(clock.ms + 600_000)

describe('API keys', () => {
  test('a key is exchanged once, until its token is about to run out', async () => {
    const { clock, asked, tokenOfKey } = setting((secret) =>
      Promise.resolve({ accessToken: `token ${asked.length} of ${secret}`, accessExpireTime: tenMinutes(clock) }),
    )
    const together = await Promise.all([tokenOfKey('a'), tokenOfKey('a'), tokenOfKey('b')])
    expect(together).toEqual(['token 1 of a', 'token 1 of a', 'token 2 of b'])
    clock.ms += 569_000
    expect(await tokenOfKey('a')).toBe('token 1 of a')
    clock.ms += 1_001
    expect(await tokenOfKey('a')).toBe('token 3 of a')
  })

  test('a wrong key is refused from memory for a while, so that guessing does not load auth', async () => {
    const { clock, asked, tokenOfKey } = setting(() =>
      Promise.reject(new ConnectError('not a key', Code.Unauthenticated)),
    )
    await expect(tokenOfKey('x')).rejects.toThrow('not a key')
    await expect(tokenOfKey('x')).rejects.toThrow('not a key')
    expect(asked).toHaveLength(1)
    clock.ms += 5_001
    await expect(tokenOfKey('x')).rejects.toThrow('not a key')
    expect(asked).toHaveLength(2)
  })

  test('while auth is away nothing is remembered', async () => {
    const { asked, tokenOfKey } = setting(() => Promise.reject(new ConnectError('away', Code.Unavailable)))
    await expect(tokenOfKey('x')).rejects.toThrow('away')
    await expect(tokenOfKey('x')).rejects.toThrow('away')
    expect(asked).toHaveLength(2)
  })
})
