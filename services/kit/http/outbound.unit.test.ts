import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { outbound, OutboundError } from './outbound.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.closeAllConnections()
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function failureOf(promise: Promise<unknown>): Promise<OutboundError> {
  const err: unknown = await promise.catch((thrown: unknown) => thrown)
  if (!(err instanceof OutboundError)) throw new Error('expected an OutboundError')
  return err
}

const ping = { method: 'POST', path: '/ping', body: '{}' } as const

test('an answer of any status is an answer', async () => {
  const baseUrl = await serve((req, res) => res.writeHead(req.url === '/ping' ? 503 : 200).end('busy'))
  const client = outbound({ name: 'answers', baseUrl, timeoutMs: 1_000 })
  expect(await client.send(ping)).toMatchObject({ status: 503, text: 'busy' })
  expect(await client.send({ ...ping, path: '/other' })).toMatchObject({ status: 200 })
})

test('a refused connection sent nothing; a time-out or a cut may have', async () => {
  const gone = outbound({ name: 'gone', baseUrl: 'http://127.0.0.1:1', timeoutMs: 1_000 })
  expect((await failureOf(gone.send(ping))).outcome).toBe('not-sent')
  const silent = outbound({ name: 'silent', baseUrl: await serve(() => undefined), timeoutMs: 100 })
  expect((await failureOf(silent.send(ping))).outcome).toBe('unknown')
  const cut = outbound({ name: 'cut', baseUrl: await serve((req) => req.socket.destroy()), timeoutMs: 1_000 })
  expect((await failureOf(cut.send(ping))).outcome).toBe('unknown')
})

test('five failures open the breaker: the sixth call is not tried; later one tries again [S3-162][S3-163]', async () => {
  let asked = 0
  let healthy = false
  const baseUrl = await serve((_req, res) => {
    asked++
    res.writeHead(healthy ? 200 : 500).end()
  })
  const client = outbound({
    name: 'breaker',
    baseUrl,
    timeoutMs: 1_000,
    breaker: { failures: 5, halfOpenAfterMs: 100 },
  })
  for (let i = 0; i < 5; i++) await client.send(ping)
  const refused = await failureOf(client.send(ping))
  expect([refused.breakerOpen, refused.outcome, asked]).toEqual([true, 'not-sent', 5])
  healthy = true
  await new Promise((resolve) => setTimeout(resolve, 120))
  expect((await client.send(ping)).status).toBe(200)
  expect((await client.send(ping)).status).toBe(200)
})
