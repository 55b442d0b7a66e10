import { setTimeout as sleep } from 'node:timers/promises'
import { Code, ConnectError, createClient } from '@connectrpc/connect'
import { describe, expect } from 'vitest'
import { metadataOf, reasonOf } from '#kit'
import { placements } from '#kit/testing'
import { RetryInfoSchema } from '#gen/google/rpc/error_details_pb.ts'
import { Health, HealthCheckResponse_ServingStatus as Status } from '#gen/grpc/health/v1/health_pb.ts'
import { ProbeService } from '#gen/tms/probe/v1/probe_pb.ts'
import { probe } from '../services/kit/testing/probe/service.ts'
import { gatewayTo } from './service.ts'
import { freePort } from '../deploy/local/index.ts'
import { aPort, probePeer, protocols, refusalOf, through, transportOf } from './testing.ts'

const services = [probe, gatewayTo([ProbeService])]
const once = { placements: ['memory'] as const }

/** Calls the probe as a browser would, with JSON. */
function post(baseUrl: string, headers: Record<string, string> = {}) {
  return fetch(`${baseUrl}/tms.probe.v1.ProbeService/Echo`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"text":"hi"}',
  })
}

describe('limits', () => {
  // Five calls at once, ten from an address; the next after ten seconds, so that a slow machine shows the same.
  const tight = { GATEWAY_OTHERS_PER_MINUTE: '6', GATEWAY_BURST_SECONDS: '50', GATEWAY_ADDRESS_FACTOR: '2' }
  const quick = { GATEWAY_OTHERS_PER_MINUTE: '60', GATEWAY_BURST_SECONDS: '5' }
  const options = { ...once, outside: () => aPort(tight) }

  placements(
    'a burst is let through up to its budget, then refused with the time to wait [S3-137][S4-06]',
    services,
    async (suite, outside) => {
      const headers = { authorization: `Bearer ${await suite.token({})}` }
      await through(
        outside,
        async (client) => {
          const startedMs = performance.now()
          const { allowed, err } = await untilRefused(() => client.echo({ text: 'hi' }))
          expect(allowed).toBeGreaterThanOrEqual(5)
          expect(allowed).toBeLessThanOrEqual(6 + (performance.now() - startedMs) / 1_000)
          expect([err.code, reasonOf(err)]).toEqual([Code.ResourceExhausted, 'RATE_LIMITED'])
          expect(metadataOf(err)).toMatchObject({ class: 'other', limit: '5' })
          const [retry] = err.findDetails(RetryInfoSchema)
          const waitMs = Number(retry?.retryDelay?.seconds ?? 0n) * 1000 + (retry?.retryDelay?.nanos ?? 0) / 1e6
          expect(waitMs).toBeGreaterThan(0)
          expect(waitMs).toBeLessThanOrEqual(1_000)
          await sleep(waitMs + 20)
          expect(await client.echo({ text: 'hi' })).toMatchObject({ text: 'hi' })
        },
        { headers },
      )
    },
    { ...once, outside: () => aPort(quick) },
  )

  placements(
    'the budget of one user is not another’s, and that of an address holds for all behind it [S3-137]',
    services,
    async (suite, outside) => {
      const burst = async (who: { authorization?: string }) =>
        through(
          outside,
          async (client) => {
            let allowed = 0
            for (let call = 0; call < 7; call++) {
              allowed += await client.echo({ text: 'hi' }).then(
                () => 1,
                () => 0,
              )
            }
            return allowed
          },
          { headers: who },
        )
      const signedIn = async () => ({ authorization: `Bearer ${await suite.token({})}` })
      expect(await burst(await signedIn())).toBe(5)
      // Ten are allowed to the address: seven were counted before, refused ones too.
      expect(await burst(await signedIn())).toBeLessThanOrEqual(4)
      expect(await burst({})).toBeLessThanOrEqual(1)
    },
    options,
  )

  placements(
    'the answer says how much is left; guessing at tokens costs its budget',
    services,
    async (_suite, { baseUrl }) => {
      const first = await post(baseUrl)
      expect(first.headers.get('ratelimit-limit')).toBe('10')
      expect(first.headers.get('ratelimit-remaining')).toBe('9')
      const statuses = []
      for (let guess = 0; guess < 12; guess++) {
        statuses.push((await post(baseUrl, { authorization: 'Bearer x.y.z' })).status)
      }
      expect(statuses.slice(0, 9)).toEqual(Array(9).fill(401))
      expect(statuses.at(-1)).toBe(429)
      const refused = await post(baseUrl)
      expect(refused.headers.get('retry-after')).toMatch(/^[1-5]$/)
    },
    options,
  )

  placements(
    'while Redis is away, each gateway limits by itself, and nothing fails for it',
    services,
    async (suite, { baseUrl }) => {
      const redis = suite.host.runtimes.get('gateway')?.ctx.redis
      redis?.disconnect()
      const statuses = []
      for (let call = 0; call < 12; call++) statuses.push((await post(baseUrl)).status)
      expect(statuses.slice(0, 10)).toEqual(Array(10).fill(200))
      expect(statuses.at(-1)).toBe(429)
      await redis?.connect()
    },
    options,
  )
})

describe('browsers', () => {
  const allowing = { ...once, outside: () => aPort({ GATEWAY_ALLOWED_ORIGINS: 'https://tms.example' }) }

  placements(
    'scripts of an allowed origin may call and read the answer; those of a foreign one are refused [S3-141][S3-142]',
    services,
    async (_suite, { baseUrl }) => {
      const url = `${baseUrl}/tms.probe.v1.ProbeService/Echo`
      const preflight = (origin: string) =>
        fetch(url, {
          method: 'OPTIONS',
          headers: {
            origin,
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'authorization,connect-protocol-version,content-type,x-correlation-id',
          },
        })
      const allowed = await preflight('https://tms.example')
      expect(allowed.status).toBe(204)
      expect(allowed.headers.get('access-control-allow-origin')).toBe('https://tms.example')
      expect(allowed.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('authorization')
      const answer = await post(baseUrl, { origin: 'https://tms.example' })
      expect(answer.headers.get('access-control-allow-origin')).toBe('https://tms.example')
      expect(answer.headers.get('access-control-expose-headers')).toContain('x-correlation-id')
      expect(answer.headers.get('vary')).toBe('Origin')

      const foreign = await preflight('https://evil.example')
      expect([foreign.ok, foreign.headers.get('access-control-allow-origin')]).toEqual([false, null])
      expect((await post(baseUrl, { origin: 'https://evil.example' })).status).toBe(403)
      expect((await post(baseUrl, { origin: 'null' })).status).toBe(403)
      // Forms and plain texts are sent across sites without a preflight; nothing here reads them.
      for (const contentType of ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']) {
        const forged = await post(baseUrl, { origin: 'https://evil.example', 'content-type': contentType })
        expect(forged.status).toBe(415)
      }
      expect((await post(baseUrl, { origin: baseUrl })).status).toBe(200)
    },
    allowing,
  )

  placements(
    'reads may be asked for by GET, so that caches can help',
    services,
    async (_suite, { baseUrl }) => {
      const query = `connect=v1&encoding=json&message=${encodeURIComponent('{"text":"hi"}')}`
      const answer = await fetch(`${baseUrl}/tms.probe.v1.ProbeService/Echo?${query}`)
      expect(await answer.json()).toEqual({ text: 'hi' })
    },
    { outside: () => aPort() },
  )
})

describe('peers', () => {
  const options = {
    ...once,
    outside: async () => {
      peerPort = await freePort()
      return aPort({ GATEWAY_BREAKER_FAILURES: '3', GATEWAY_BREAKER_SECONDS: '1' })
    },
    peerUrl: () => `http://127.0.0.1:${peerPort}`,
  }
  let peerPort = 0

  placements(
    'a dead peer is UNAVAILABLE at once after the breaker opens, and is called again when it is back [S4-05]',
    [gatewayTo([ProbeService])],
    async (_suite, outside) => {
      await through(outside, async (client) => {
        for (let call = 0; call < 3; call++) {
          const err = await refusalOf(client.echo({ text: 'hi' }))
          expect([err.code, reasonOf(err), metadataOf(err)]).toEqual([
            Code.Unavailable,
            'PEER_UNAVAILABLE',
            { peer: 'probe' },
          ])
        }
        const started = performance.now()
        const open = await refusalOf(client.echo({ text: 'hi' }))
        expect(performance.now() - started).toBeLessThan(500)
        expect(open.findDetails(RetryInfoSchema)[0]?.retryDelay?.seconds).toBe(1n)
        expect(await healthOf(outside.baseUrl)).toBe(Status.NOT_SERVING)
        const peer = await probePeer(peerPort)
        try {
          await sleep(1_050)
          expect((await client.echo({ text: 'hi' })).text).toBe('hi')
          expect(await healthOf(outside.baseUrl)).toBe(Status.SERVING)
        } finally {
          await peer.stop()
        }
      })
    },
    options,
  )

  for (const protocol of protocols) {
    placements(
      `a stream that its peer breaks off is broken, not ended, over ${protocol}`,
      [gatewayTo([ProbeService])],
      async (_suite, outside) => {
        const peer = await probePeer(peerPort)
        await through(
          outside,
          async (client) => {
            let last = 0
            const all = async () => {
              for await (const { number } of client.count({ upTo: 1_000 })) {
                last = number
                if (number === 3) void peer.stop()
              }
            }
            await refusalOf(all())
            expect(last).toBeGreaterThanOrEqual(3)
            expect(last).toBeLessThan(1_000)
          },
          { protocol },
        )
      },
      options,
    )
  }
})

/** Calls until a call is refused. */
async function untilRefused(call: () => Promise<unknown>): Promise<{ allowed: number; err: ConnectError }> {
  for (let allowed = 0; ; allowed++) {
    const err: unknown = await call().then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    if (err instanceof ConnectError) return { allowed, err }
  }
}

async function healthOf(baseUrl: string): Promise<Status> {
  const { transport, end } = transportOf('gRPC over HTTP/2', baseUrl)
  try {
    return (await createClient(Health, transport).check({ service: ProbeService.typeName })).status
  } finally {
    end()
  }
}
