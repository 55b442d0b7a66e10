import { setTimeout as sleep } from 'node:timers/promises'
import { Code } from '@connectrpc/connect'
import { describe, expect } from 'vitest'
import { placements, type Suite } from '#kit/testing'
import { reasonOf } from '#kit'
import { ProbeService } from '#gen/tms/probe/v1/probe_pb.ts'
import { probe } from '../services/kit/testing/probe/service.ts'
import { gatewayTo } from './service.ts'
import { aPort, protocols, refusalOf, through } from './testing.ts'

const services = [probe, gatewayTo([ProbeService])]
const options = { outside: () => aPort() }

const bearer = async (suite: Suite, ...args: Parameters<Suite['token']>) => ({
  authorization: `Bearer ${await suite.token(...args)}`,
})

describe.each(protocols)('%s', (protocol) => {
  placements(
    'calls, streams and refusals pass through the one port [S2-16][S3-87]',
    services,
    async (suite, outside) => {
      const userId = crypto.randomUUID()
      const headers = await bearer(suite, { userId })
      await through(
        outside,
        async (client) => {
          expect(await client.echo({ text: 'muraho' })).toMatchObject({ text: 'muraho', userId })
          const numbers: number[] = []
          for await (const { number } of client.count({ upTo: 20 })) numbers.push(number)
          expect(numbers).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
          const invalid = await refusalOf(client.echo({ text: '' }))
          expect([invalid.code, reasonOf(invalid)]).toEqual([Code.InvalidArgument, 'REQUEST_INVALID'])
          const unforeseen = await refusalOf(client.echo({ text: 'fail' }))
          expect([unforeseen.code, reasonOf(unforeseen)]).toEqual([Code.Internal, 'INTERNAL'])
        },
        { protocol, headers },
      )
    },
    options,
  )

  placements(
    'what the gateway refuses is refused in the protocol of its caller [S3-86][S4-04]',
    services,
    async (suite, outside) => {
      const refused = async (headers: Record<string, string>) =>
        through(outside, (client) => refusalOf(client.echo({ text: 'hello' })), { protocol, headers })
      const tampered = (await bearer(suite, {})).authorization.slice(0, -6) + 'AAAAAA'
      const cases: [Record<string, string>, Code, string][] = [
        [{ authorization: tampered }, Code.Unauthenticated, 'TOKEN_INVALID'],
        [{ authorization: 'Basic abc' }, Code.Unauthenticated, 'TOKEN_INVALID'],
        [await bearer(suite, {}, { expiresInSeconds: -5 }), Code.Unauthenticated, 'TOKEN_EXPIRED'],
        [await bearer(suite, {}, { audience: 'elsewhere' }), Code.Unauthenticated, 'TOKEN_INVALID'],
        [{ origin: 'https://evil.example' }, Code.PermissionDenied, 'ORIGIN_REFUSED'],
      ]
      for (const [headers, code, reason] of cases) {
        const err = await refused(headers)
        expect([err.code, reasonOf(err)]).toEqual([code, reason])
      }
      const streamed = await through(
        outside,
        async (client) => refusalOf(client.count({ upTo: 3 })[Symbol.asyncIterator]().next()),
        { protocol, headers: { authorization: tampered } },
      )
      expect([streamed.code, reasonOf(streamed)]).toEqual([Code.Unauthenticated, 'TOKEN_INVALID'])
    },
    options,
  )

  placements(
    'methods for services only cannot be reached from outside, and unknown ones do not exist',
    services,
    async (suite, outside) => {
      const headers = await bearer(suite, { permissions: ['*'] })
      const err = await through(outside, (client) => refusalOf(client.tellCaller({})), { protocol, headers })
      expect(err.code).toBe(Code.Unimplemented)
    },
    options,
  )
})

placements(
  'a service’s proof of itself is not taken from outside',
  services,
  async (suite, outside) => {
    const forged = { 'x-tms-service': await suite.token({}) }
    // Were it passed on, the service would refuse the forged proof; were a stolen one passed on, it would be believed.
    await through(outside, async (client) => expect(await client.echo({ text: 'hi' })).toMatchObject({ userId: '' }), {
      headers: forged,
    })
  },
  options,
)

placements(
  'a call without a token passes as nobody’s, and is refused where somebody is needed',
  services,
  async (_suite, outside) => {
    await through(outside, async (client) => {
      expect((await client.echo({ text: 'hi' })).userId).toBe('')
      expect(reasonOf(await refusalOf(client.listNotes({})))).toBe('TOKEN_MISSING')
    })
  },
  options,
)

placements(
  'the caller’s correlation id comes back; a call without one is given one [S4-07]',
  services,
  async (_suite, { baseUrl }) => {
    const call = (headers: Record<string, string>) =>
      fetch(`${baseUrl}/tms.probe.v1.ProbeService/Echo`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: '{"text":"hi"}',
      })
    const given = await call({ 'x-correlation-id': 'support-4711' })
    expect(given.headers.get('x-correlation-id')).toBe('support-4711')
    const made = await call({ 'x-correlation-id': 'not fit for a log line' })
    expect(made.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/)
    const traced = await call({ traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' })
    expect(traced.headers.get('traceresponse')).toContain('0af7651916cd43dd8448eb211c80319c')
  },
  options,
)

placements(
  'a call ends at its deadline, and one whose caller goes away is stopped at the service',
  services,
  async (_suite, outside) => {
    await through(outside, async (client) => {
      const started = performance.now()
      const late = await refusalOf(client.echo({ text: 'sleep' }, { timeoutMs: 300 }))
      expect(late.code).toBe(Code.DeadlineExceeded)
      expect(performance.now() - started).toBeLessThan(2_000)
      const away = new AbortController()
      const call = refusalOf(client.echo({ text: 'sleep' }, { signal: away.signal }))
      await sleep(50)
      away.abort()
      expect((await call).code).toBe(Code.Canceled)
    })
  },
  options,
)

placements(
  'a request that is too large is refused before it reaches the service',
  services,
  async (_suite, outside) => {
    await through(outside, async (client) => {
      const err = await refusalOf(client.echo({ text: 'hi', more: ['x'.repeat(2_000_000)] }))
      expect([err.code, reasonOf(err)]).toEqual([Code.ResourceExhausted, 'REQUEST_TOO_LARGE'])
      expect(await client.echo({ text: 'hi' })).toMatchObject({ text: 'hi' })
    })
  },
  options,
)
