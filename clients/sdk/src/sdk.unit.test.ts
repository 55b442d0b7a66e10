import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { create } from '@bufbuild/protobuf'
import { durationFromMs } from '@bufbuild/protobuf/wkt'
import { Code, ConnectError } from '@connectrpc/connect'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ErrorInfoSchema, RetryInfoSchema } from '../../../gen/google/rpc/error_details_pb.ts'
import { SessionTokensSchema } from '../../../gen/tms/auth/v1/session_pb.ts'
import { pages } from './calls/pages.ts'
import { defaultRetry, waitBefore } from './calls/retry.ts'
import { follow } from './calls/watch.ts'
import { keeper } from './calls/with_key.ts'
import { newId } from './ids.ts'
import { factsOf, reasonOf, retryAfterMsOf } from './reasons.ts'
import { SessionKeeper } from './session/keeper.ts'
import { memoryStorage } from './storage.ts'
import { decodeBase45 } from './tickets/base45.ts'

const root = new URL('../../../', import.meta.url).pathname

describe('the entry for browsers', () => {
  test('imports nothing of Node, of services, or of packages beyond protobuf and connect', () => {
    const outside = new Set<string>()
    const seen = new Set<string>()
    const walk = (file: string) => {
      if (seen.has(file)) return
      seen.add(file)
      for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(/(?:from|import)\s+["']([^"']+)["']/g)) {
        if (specifier.startsWith('.')) walk(join(dirname(file), specifier))
        else outside.add(specifier)
      }
    }
    walk(join(root, 'clients/sdk/src/index.ts'))
    const allowed = /^@bufbuild\/(protobuf|protovalidate)(\/|$)|^@connectrpc\/connect(\/|$)/
    expect([...outside].filter((specifier) => !allowed.test(specifier))).toEqual([])
    expect([...seen].filter((file) => /\/(services|gateway)\//.test(file))).toEqual([])
  })
})

describe('ids', () => {
  test('are UUIDs of version 7, in the order they were made', () => {
    const nowMs = Date.now() + 1_000
    const ids = Array.from({ length: 5_000 }, () => newId(nowMs))
    expect(ids).toEqual(ids.toSorted())
    expect(new Set(ids).size).toBe(5_000)
    for (const id of ids.slice(0, 50)) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    }
  })
})

describe('pages', () => {
  test('every item comes once, and no page is asked for that is not read', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(50), fc.integer({ min: 1, max: 7 }), async (count, size) => {
        const items = Array.from({ length: count }, (_, i) => i)
        const asked: string[] = []
        const list = ({ pageToken }: { pageToken?: string }) => {
          asked.push(pageToken ?? '')
          const from = Number(pageToken ?? 0)
          const next = from + size < count ? String(from + size) : ''
          return Promise.resolve({ items: items.slice(from, from + size), nextPageToken: next })
        }
        const all: number[] = []
        for await (const item of pages(list, {}, 'items')) all.push(item)
        expect(all).toEqual(items)
        expect(asked).toHaveLength(Math.max(1, Math.ceil(count / size)))
        const before = asked.length
        await pages(list, {}, 'items').next()
        expect(asked).toHaveLength(before + 1)
      }),
    )
  })
})

function refusal(code: Code, reason: string, retryAfterMs?: number): ConnectError {
  const err = new ConnectError('refused', code)
  err.details.push({ desc: ErrorInfoSchema, value: { reason, domain: 'ticketing', metadata: { seat: '3B' } } })
  if (retryAfterMs !== undefined) {
    err.details.push({ desc: RetryInfoSchema, value: { retryDelay: durationFromMs(retryAfterMs) } })
  }
  return err
}

describe('repeats', () => {
  test('what passes by itself is repeated, after the time that the server asks for; a refusal is not', () => {
    const wait = (err: unknown, attempt = 1) => waitBefore(err, attempt, defaultRetry)
    expect(wait(new ConnectError('away', Code.Unavailable))).toBeLessThanOrEqual(200)
    expect(wait(refusal(Code.Unavailable, 'PEER_UNAVAILABLE', 1_000))).toBeGreaterThanOrEqual(1_000)
    expect(wait(refusal(Code.ResourceExhausted, 'RATE_LIMITED', 500))).toBeGreaterThanOrEqual(500)
    expect(wait(refusal(Code.ResourceExhausted, 'REQUEST_TOO_LARGE'))).toBeUndefined()
    expect(wait(refusal(Code.ResourceExhausted, 'RATE_LIMITED', 60_000))).toBeUndefined()
    expect(wait(refusal(Code.FailedPrecondition, 'SEAT_TAKEN'))).toBeUndefined()
    expect(wait(new ConnectError('away', Code.Unavailable), 4)).toBeUndefined()
    expect(wait(new Error('a fault of ours'))).toBeUndefined()
  })

  test('a refusal tells its reason, its facts, and when to come back', () => {
    const err = refusal(Code.FailedPrecondition, 'SEAT_TAKEN', 1_500)
    expect([reasonOf(err), factsOf(err), retryAfterMsOf(err)]).toEqual(['SEAT_TAKEN', { seat: '3B' }, 1_500])
    expect([reasonOf(new Error('x')), factsOf('x'), retryAfterMsOf(undefined)]).toEqual([undefined, {}, undefined])
  })
})

describe('keys of calls', () => {
  test('a key stays while the outcome is not known, also for another page, and goes with it', async () => {
    const storage = memoryStorage()
    const used: string[] = []
    const attempt = (outcome: () => Promise<string>) =>
      keeper(storage, 'tms:')('pay K7QM2R', (key) => {
        used.push(key)
        return outcome()
      })
    await expect(attempt(() => Promise.reject(new ConnectError('away', Code.Unavailable)))).rejects.toThrow()
    await expect(attempt(() => Promise.reject(new Error('the page crashed')))).rejects.toThrow()
    expect(await attempt(() => Promise.resolve('paid'))).toBe('paid')
    expect(new Set(used).size).toBe(1)
    await expect(attempt(() => Promise.reject(refusal(Code.FailedPrecondition, 'SEAT_TAKEN')))).rejects.toThrow()
    await attempt(() => Promise.resolve('paid'))
    expect(new Set(used).size).toBe(3)
  })
})

describe('following a stream', () => {
  type State = { revision: bigint; last?: boolean; approveUrl?: string }
  const options = {
    retry: { attempts: 3, firstWaitMs: 1, longestWaitMs: 5 },
    revisionOf: ({ revision }: State) => revision,
    isSame: (one: State, other: State) => one.approveUrl === other.approveUrl,
    isLast: ({ last }: State) => last === true,
    renew: () => Promise.resolve(false),
  }

  function connections(...streams: (() => Iterable<State>)[]) {
    let opened = 0
    const open = async function* () {
      yield* await Promise.resolve((streams[opened++] ?? streams.at(-1) ?? (() => []))())
    }
    return { open, opened: () => opened }
  }

  async function read(states: AsyncIterable<State>): Promise<bigint[]> {
    const revisions: bigint[] = []
    for await (const { revision } of states) revisions.push(revision)
    return revisions
  }

  test('what is new within a revision is told: the page to approve on is known a moment after the attempt', async () => {
    const { open } = connections(() => [
      { revision: 1n },
      { revision: 1n, approveUrl: 'https://pay.example/1' },
      { revision: 1n, approveUrl: 'https://pay.example/1' },
      { revision: 2n, last: true },
    ])
    expect(await read(follow(open, options))).toEqual([1n, 1n, 2n])
  })

  test('a broken stream is opened again, and nothing is told twice', async () => {
    const { open, opened } = connections(
      function* () {
        yield { revision: 1n }
        yield { revision: 2n }
        throw new ConnectError('cut', Code.Unavailable)
      },
      () => [{ revision: 2n }], // ended by a server that drains
      function* () {
        yield { revision: 2n }
        yield { revision: 4n, last: true }
        throw new Error('nobody reads on after the last state')
      },
    )
    expect(await read(follow(open, options))).toEqual([1n, 2n, 4n])
    expect(opened()).toBe(3)
  })

  test('a refusal ends it, and so does its reader’s signal', async () => {
    const refused = connections(() => {
      throw refusal(Code.NotFound, 'INTENT_UNKNOWN')
    })
    await expect(read(follow(refused.open, options))).rejects.toThrow('refused')
    const away = new AbortController()
    const lost = connections(() => {
      away.abort()
      throw new ConnectError('cut', Code.Unavailable)
    })
    await expect(read(follow(lost.open, { ...options, signal: away.signal }))).rejects.toThrow('cut')
    expect(lost.opened()).toBe(1)
  })

  test('a stream that is refused for its token is opened again with the next one', async () => {
    let renewals = 0
    const renew = () => Promise.resolve(++renewals === 1)
    const { open } = connections(
      () => {
        throw refusal(Code.Unauthenticated, 'TOKEN_EXPIRED')
      },
      () => [{ revision: 1n, last: true }],
    )
    expect(await read(follow(open, { ...options, renew }))).toEqual([1n])
  })
})

/** A token that lives ten minutes by the server's clock, which this machine need not share. */
function tokens(name: string, issuedAt = 1_000_000_000) {
  const claims = btoa(JSON.stringify({ iat: issuedAt, exp: issuedAt + 600, perms: ['a.b.c'], tid: 't', lang: 'rw' }))
  return create(SessionTokensSchema, {
    sessionId: 's',
    userId: 'u',
    accessToken: `h.${claims}.${name}`,
    refreshToken: `refresh ${name}`,
  })
}

describe('a session', () => {
  function setting(refresh: (token: string, count: number) => ReturnType<typeof tokens>, storage = memoryStorage()) {
    const clock = { ms: 50_000_000 }
    let refreshed = 0
    const session = new SessionKeeper({
      storage,
      item: 'session',
      now: () => clock.ms,
      refresh: async (token) => {
        await Promise.resolve()
        return refresh(token, ++refreshed)
      },
    })
    return { session, clock, storage, refreshed: () => refreshed }
  }

  test('is refreshed when it is due, once for all that wait, whatever this machine takes the time to be', async () => {
    const { session, clock, refreshed } = setting((_, count) => tokens(`next${count}`))
    await session.keep(tokens('first'))
    expect(await session.token()).toBe(tokens('first').accessToken)
    clock.ms += 541_000
    expect(await session.token()).toBe(tokens('first').accessToken) // due: fetched in the background
    await Promise.resolve()
    clock.ms += 601_000
    const all = await Promise.all(Array.from({ length: 10 }, () => session.token()))
    expect(new Set(all).size).toBe(1)
    expect(refreshed()).toBeLessThanOrEqual(2)
    session.close()
  })

  test('that another tab has refreshed is taken over from there', async () => {
    const storage = memoryStorage()
    const one = setting(() => tokens('of one'), storage)
    await one.session.keep(tokens('first'))
    const two = setting(() => {
      throw new Error('the second tab must not refresh')
    }, storage)
    await two.session.ready()
    one.clock.ms += 700_000
    two.clock.ms += 700_000
    await one.session.token()
    expect(await two.session.token()).toBe(tokens('of one').accessToken)
    one.session.close()
    two.session.close()
  })

  test('that auth has ended is forgotten, one that auth cannot be asked about is not', async () => {
    let answer: () => never = () => {
      throw new ConnectError('away', Code.Internal)
    }
    const { session, clock, storage } = setting(() => answer())
    const told: (string | undefined)[] = []
    session.onChange((who) => told.push(who?.userId))
    await session.keep(tokens('first'))
    clock.ms += 700_000
    await expect(session.token()).rejects.toThrow('away')
    expect(session.current?.tenantId).toBe('t')
    answer = () => {
      throw refusal(Code.Unauthenticated, 'SESSION_ENDED')
    }
    expect(await session.token()).toBeUndefined()
    expect([session.current, await storage.getItem('session')]).toEqual([undefined, null])
    expect(told).toEqual(['u', undefined])
  })

  test('what another version of the client kept is no session', async () => {
    const storage = memoryStorage()
    for (const text of ['', 'null', '{}', '[1]', '{"refreshToken":1}']) {
      await storage.setItem('session', text)
      const { session } = setting(() => tokens('x'), storage)
      await session.ready()
      expect(session.current).toBeUndefined()
    }
  })
})

describe('Base45', () => {
  test.each([
    ['BB8', 'AB'],
    ['%69 VD92EX0', 'Hello!!'],
    ['UJCLQE7W581', 'base-45'],
    ['QED8WEX0', 'ietf!'],
    ['', ''],
  ])('"%s" is "%s" (RFC 9285)', (text, plain) => {
    expect(new TextDecoder().decode(decodeBase45(text))).toBe(plain)
  })

  test.each(['A', 'ABCD', 'GGW', ':::', '::', 'abc', 'A\u00e9B', 'AB\u{1f600}'])('"%s" is refused', (text) => {
    expect(decodeBase45(text)).toBeUndefined()
  })
})
