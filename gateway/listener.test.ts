import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import http2 from 'node:http2'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import tls from 'node:tls'
import { Code, createClient } from '@connectrpc/connect'
import { createConnectTransport, createGrpcTransport } from '@connectrpc/connect-node'
import { describe, expect } from 'vitest'
import { reasonOf } from '#kit'
import { placements } from '#kit/testing'
import { ProbeService } from '#gen/tms/probe/v1/probe_pb.ts'
import { probe } from '../services/kit/testing/probe/service.ts'
import { gatewayTo } from './service.ts'
import { aPort, refusalOf, through } from './testing.ts'

const services = [probe, gatewayTo([ProbeService])]
const once = { placements: ['memory'] as const }

/** Writes to a port, and tells all that came back and after how many milliseconds the port hung up. */
async function talk(port: number, text: string): Promise<{ said: string; afterMs: number }> {
  const started = performance.now()
  const socket = net.connect(port, '127.0.0.1')
  let said = ''
  socket.on('data', (chunk) => (said += chunk.toString('latin1')))
  socket.on('error', () => undefined)
  socket.write(text)
  await new Promise((resolve) => socket.once('close', resolve))
  return { said, afterMs: performance.now() - started }
}

describe('slow and greedy clients', () => {
  const strict = { ...once, outside: () => aPort({ GATEWAY_HEADER_TIMEOUT_MS: '400' }) }

  placements(
    'a client that does not finish its headers, or says nothing, is hung up on',
    services,
    async (_suite, { port }) => {
      const [stalled, silent, halfPreface] = await Promise.all([
        talk(port, 'POST /tms.probe.v1.ProbeService/Echo HTTP/1.1\r\nhost: x\r\nx-slow: '),
        talk(port, ''),
        talk(port, 'PRI * HT'),
      ])
      expect(stalled.said).toContain('408')
      for (const { afterMs } of [stalled, silent, halfPreface]) expect(afterMs).toBeLessThan(2_000)
      expect(silent.afterMs).toBeGreaterThan(350)
    },
    strict,
  )

  placements(
    'an address has so many connections, and so many calls at a time, and no more',
    services,
    async (_suite, outside) => {
      const idle = [1, 2, 3].map(() => net.connect(outside.port, '127.0.0.1'))
      await sleep(50)
      const fourth = await talk(outside.port, 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n')
      expect(fourth.said).toBe('')
      for (const socket of idle) socket.destroy()
      await sleep(50)
      await through(outside, async (client) => {
        const sleeping = [1, 2].map(() => refusalOf(client.echo({ text: 'sleep' }, { timeoutMs: 500 })))
        await sleep(100)
        const third = await refusalOf(client.echo({ text: 'hi' }))
        expect([third.code, reasonOf(third)]).toEqual([Code.ResourceExhausted, 'RATE_LIMITED'])
        await Promise.all(sleeping)
        await sleep(50)
        expect((await client.echo({ text: 'hi' })).text).toBe('hi')
      })
    },
    {
      ...once,
      outside: () => aPort({ GATEWAY_MAX_CONNECTIONS_PER_ADDRESS: '3', GATEWAY_MAX_CALLS_PER_ADDRESS: '2' }),
    },
  )

  placements(
    'whatever is sent, the port goes on answering',
    services,
    async (_suite, outside) => {
      const path = '/tms.probe.v1.ProbeService/Echo'
      const json = 'content-type: application/json\r\ncontent-length: 13\r\n'
      const odd = [
        `POST ${path} HTTP/1.0\r\n${json}\r\n{"text":"hi"}`,
        `POST ${path} HTTP/1.1\r\nhost: [[\r\n${json}connection: close\r\n\r\n{"text":"hi"}`,
        `POST //${path} HTTP/1.1\r\nhost: x\r\n${json}connection: close\r\n\r\n{"text":"hi"}`,
        `POST ${path}?%zz HTTP/1.1\r\nhost: x\r\n${json}connection: close\r\n\r\n{"text":"hi"}`,
        `CONNECT x:1 HTTP/1.1\r\nhost: x\r\n\r\n`,
        `GET http://other.example/ HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
        `OPTIONS * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
        `\r\n\r\n\0\0\0`,
        `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nrubbish that is no frame at all`,
        `POST ${path} HTTP/1.1\r\nhost: x\r\nx-big: ${'y'.repeat(40_000)}\r\n\r\n`,
      ]
      const answers = await Promise.all(odd.map((text) => talk(outside.port, text)))
      expect(answers[0]?.said).toContain('{"text":"hi"}')
      expect(answers[1]?.said).toContain('{"text":"hi"}')
      expect(answers[9]?.said).toContain('431')
      await oddAuthority(outside.port)
      await through(outside, async (client) => expect((await client.echo({ text: 'hi' })).text).toBe('hi'))
    },
    strict,
  )
})

/** HTTP/2 requests whose authority is missing or malformed. */
async function oddAuthority(port: number): Promise<void> {
  const session = http2.connect(`http://127.0.0.1:${port}`)
  for (const authority of ['', '[[', 'a b', 'x'.repeat(500)]) {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/tms.probe.v1.ProbeService/Echo',
      ':authority': authority,
      'content-type': 'application/json',
    })
    stream.end('{"text":"hi"}')
    let status = 0
    stream.on('response', (headers) => (status = Number(headers[':status'])))
    stream.on('error', () => undefined)
    stream.resume()
    await new Promise((resolve) => stream.once('close', resolve))
    expect([200, 400, 0]).toContain(status)
  }
  session.destroy()
}

placements(
  'at shutdown running calls finish, new ones are refused, and the port is free afterwards',
  services,
  async (suite, outside) => {
    await through(outside, async (client) => {
      const numbers: number[] = []
      const running = (async () => {
        for await (const { number } of client.count({ upTo: 200 })) numbers.push(number)
      })()
      while (numbers.length === 0) await sleep(5)
      const stopping = suite.host.runtimes.get('gateway')?.quiesce()
      await sleep(20)
      await expect(fetch(`${outside.baseUrl}/healthz`)).rejects.toThrow()
      await running
      expect(numbers).toHaveLength(200)
      await stopping
    })
    const again = net.createServer().listen(outside.port, '127.0.0.1')
    await new Promise((resolve) => again.once('listening', resolve))
    await new Promise((resolve) => again.close(resolve))
  },
  { ...once, outside: () => aPort() },
)

const openssl = ['/usr/bin/openssl', '/opt/homebrew/bin/openssl', '/usr/local/bin/openssl'].find(existsSync)

describe.skipIf(!openssl)('TLS (skipped without openssl, which makes the certificate)', () => {
  placements(
    'with a certificate the port speaks TLS 1.3, and HTTP/2 or HTTP/1.1 as the client can [S2-17][S3-138]',
    services,
    async (_suite, { port, cert }) => {
      const baseUrl = `https://127.0.0.1:${port}`
      const nodeOptions = { ca: cert, checkServerIdentity: () => undefined }
      const transports = [
        createGrpcTransport({ baseUrl, nodeOptions }),
        createConnectTransport({ baseUrl, httpVersion: '2', nodeOptions }),
        createConnectTransport({ baseUrl, httpVersion: '1.1', nodeOptions }),
      ]
      for (const transport of transports) {
        expect((await createClient(ProbeService, transport).echo({ text: 'hi' })).text).toBe('hi')
      }
      const old = tls.connect({ port, host: '127.0.0.1', ca: cert, maxVersion: 'TLSv1.2', rejectUnauthorized: false })
      const refused = await new Promise((resolve) => old.once('error', resolve))
      expect(String(refused)).toContain('protocol version')
    },
    {
      ...once,
      outside: async () => {
        const made = certificate()
        return { ...(await aPort({ GATEWAY_TLS_CERT: made.cert, GATEWAY_TLS_KEY: made.key })), cert: made.cert }
      },
    },
  )
})

function certificate(): { cert: string; key: string } {
  const dir = mkdtempSync(join(tmpdir(), 'gateway-tls-'))
  const [keyFile, certFile] = [join(dir, 'key.pem'), join(dir, 'cert.pem')]
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1']
  execFileSync(openssl ?? '', [...request, '-subj', '/CN=127.0.0.1', '-keyout', keyFile, '-out', certFile], {
    stdio: 'ignore',
  })
  const made = { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') }
  rmSync(dir, { recursive: true })
  return made
}
