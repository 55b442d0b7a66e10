import http from 'node:http'
import http2 from 'node:http2'
import type { AddressInfo, Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Code, ConnectError, createClient, type Transport } from '@connectrpc/connect'
import { connectNodeAdapter, createConnectTransport, createGrpcTransport } from '@connectrpc/connect-node'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ServerReflection, type ServerReflectionRequest } from '#gen/grpc/reflection/v1/reflection_pb.ts'
import { ProbeService } from '#gen/tms/probe/v1/probe_pb.ts'
import { breakOff, type Req, type Res } from '../edge/http.ts'
import { sessionPool } from './pool.ts'
import { exchange, PeerDown } from './proxy.ts'

/** What the peer saw. */
const seen = { produced: 0, aborted: 0 }

const peer = http2.createServer(
  connectNodeAdapter({
    routes: (router) => {
      router.service(ProbeService, {
        echo: async ({ text }, { signal }) => {
          if (text === 'refuse') throw new ConnectError('no', Code.FailedPrecondition)
          if (text !== 'wait') return { text }
          signal.addEventListener('abort', () => (seen.aborted += 1))
          return sleep(5_000, { text }, { signal })
        },
        count: async function* ({ upTo }) {
          for (let number = 1; number <= upTo; number++) {
            seen.produced = number
            yield await Promise.resolve({ number })
          }
        },
      })
      // The one method with streams both ways that the project has.
      router.service(ServerReflection, {
        serverReflectionInfo: async function* (questions) {
          for await (const { host } of questions) yield { validHost: host }
        },
      })
    },
  }),
)

const errors: unknown[] = []
let fronts: Server[] = []
let urls: { h2: string; h1: string }
let pool: ReturnType<typeof sessionPool>

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

beforeAll(async () => {
  pool = sessionPool(await listening(peer))
  const forward = (req: Req, res: Res) => {
    exchange(req, res, { pool, maxRequestBytes: 10_000, timeoutMs: undefined }).catch((err: unknown) => {
      errors.push(err)
      breakOff(res)
    })
  }
  fronts = [http2.createServer(forward), http.createServer(forward)]
  const [h2 = '', h1 = ''] = await Promise.all(fronts.map(listening))
  urls = { h2, h1 }
})

afterEach(() => {
  expect(errors.splice(0)).toEqual([])
})

afterAll(() => {
  pool.close()
  for (const server of [peer, ...fronts]) server.close()
})

const transports: Record<string, () => Transport> = {
  gRPC: () => createGrpcTransport({ baseUrl: urls.h2 }),
  'Connect over HTTP/2': () => createConnectTransport({ baseUrl: urls.h2, httpVersion: '2' }),
  'Connect over HTTP/1.1': () => createConnectTransport({ baseUrl: urls.h1, httpVersion: '1.1' }),
}

describe.each(Object.entries(transports))('%s', (name, make) => {
  test('answers, refusals and streams pass as they are', async () => {
    const client = createClient(ProbeService, make())
    expect((await client.echo({ text: 'muraho' })).text).toBe('muraho')
    await expect(client.echo({ text: 'refuse' })).rejects.toMatchObject({
      code: Code.FailedPrecondition,
      rawMessage: 'no',
    })
    let sum = 0
    for await (const { number } of client.count({ upTo: 1_000 })) sum += number
    expect(sum).toBe(500_500)
  })

  test('a caller that goes away stops the peer', async () => {
    const before = seen.aborted
    const away = new AbortController()
    const call = createClient(ProbeService, make()).echo({ text: 'wait' }, { signal: away.signal })
    await sleep(100)
    away.abort()
    await expect(call).rejects.toMatchObject({ code: Code.Canceled })
    await sleep(100)
    expect(seen.aborted).toBe(before + 1)
  })

  // Over HTTP/1.1 the kernel alone takes in megabytes, which such small messages are long in filling.
  test.skipIf(name.endsWith('HTTP/1.1'))('a slow reader holds up the peer, not the memory between', async () => {
    const stream = createClient(ProbeService, make()).count({ upTo: 1_000_000 })[Symbol.asyncIterator]()
    await stream.next()
    const held = await standstill(() => seen.produced)
    expect(held).toBeLessThan(200_000)
    await stream.return?.()
  })

  test.skipIf(name.endsWith('HTTP/1.1'))('both sides of a stream flow at the same time (HTTP/1.1 cannot)', async () => {
    const answered: string[] = []
    let tell: (() => void) | undefined
    const questions = async function* (): AsyncIterable<Pick<ServerReflectionRequest, 'host'>> {
      for (const host of ['a', 'b', 'c']) {
        yield { host }
        await new Promise<void>((resolve) => (tell = resolve))
      }
    }
    for await (const { validHost } of createClient(ServerReflection, make()).serverReflectionInfo(questions())) {
      answered.push(validHost)
      tell?.()
    }
    expect(answered).toEqual(['a', 'b', 'c'])
  })
})

/** The value at which something stops changing. */
async function standstill(read: () => number): Promise<number> {
  for (;;) {
    const before = read()
    await sleep(400)
    if (read() === before) return before
  }
}

test('a request that grows too large is stopped on its way', async () => {
  const client = createClient(ProbeService, createConnectTransport({ baseUrl: urls.h2, httpVersion: '2' }))
  await expect(client.echo({ text: 'x'.repeat(20_000) })).rejects.toThrow()
  expect(errors.splice(0)).toMatchObject([{ code: Code.ResourceExhausted }])
})

test('a peer that cannot be reached is told from one that refuses', async () => {
  const nowhere = sessionPool('http://127.0.0.1:1')
  await expect(nowhere.open({ ':path': '/' })).rejects.toThrow()
  expect(new PeerDown('x')).toBeInstanceOf(Error)
})
