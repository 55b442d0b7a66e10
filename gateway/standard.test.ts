import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { createClient } from '@connectrpc/connect'
import * as grpc from '@grpc/grpc-js'
import { expect } from 'vitest'
import { placements } from '#kit/testing'
import { StatusSchema } from '#gen/google/rpc/status_pb.ts'
import { Health, HealthCheckResponse_ServingStatus as Status } from '#gen/grpc/health/v1/health_pb.ts'
import { EchoRequestSchema, EchoResponseSchema, ProbeService } from '#gen/tms/probe/v1/probe_pb.ts'
import { probe } from '../services/kit/testing/probe/service.ts'
import { gatewayTo } from './service.ts'
import { aPort, transportOf } from './testing.ts'

const services = [probe, gatewayTo([ProbeService])]
const options = { outside: () => aPort() }
const run = promisify(execFile)

/** Runs `buf curl` with reflection only: it knows no proto file. */
async function bufCurl(...args: string[]): Promise<string> {
  const { stdout } = await run('node_modules/.bin/buf', ['curl', '--http2-prior-knowledge', ...args], { cwd: '.' })
  return stdout
}

placements(
  'buf curl lists and calls the services by reflection, in every protocol [S2-16]',
  services,
  async (_suite, { baseUrl }) => {
    const methods = await bufCurl('--list-methods', baseUrl)
    expect(methods).toContain('tms.probe.v1.ProbeService/Echo')
    expect(methods).toContain('grpc.health.v1.Health/Check')
    for (const protocol of ['grpc', 'grpcweb', 'connect']) {
      const url = `${baseUrl}/tms.probe.v1.ProbeService/Echo`
      expect(await bufCurl('--protocol', protocol, '-d', '{"text":"muraho"}', url)).toContain('"text": "muraho"')
    }
    const reflecting = ['--reflect-protocol', 'grpc-v1alpha']
    expect(await bufCurl(...reflecting, '--list-services', baseUrl)).toContain('tms.probe.v1.ProbeService')
  },
  options,
)

placements(
  'health tells of the gateway, of each service, and of every change',
  services,
  async (suite, { baseUrl }) => {
    const { transport, end } = transportOf('gRPC over HTTP/2', baseUrl)
    const client = createClient(Health, transport)
    expect((await client.check({})).status).toBe(Status.SERVING)
    expect((await client.check({ service: ProbeService.typeName })).status).toBe(Status.SERVING)
    expect(Object.keys((await client.list({})).statuses)).toEqual(['', ProbeService.typeName])
    await expect(client.check({ service: 'tms.no.Such' })).rejects.toThrow('not_found')
    const states: Status[] = []
    for await (const { status } of client.watch({})) {
      states.push(status)
      if (status !== Status.SERVING) break
      void suite.host.runtimes.get('gateway')?.quiesce()
    }
    expect(states).toEqual([Status.SERVING, Status.NOT_SERVING])
    end()
  },
  { ...options, placements: ['memory'] },
)

placements(
  'a client of grpc-js calls through, and reads the reason of a refusal in its trailers',
  services,
  async (suite, { port }) => {
    const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure())
    const echo = (text: string, token: string) => {
      const metadata = new grpc.Metadata()
      metadata.set('authorization', `Bearer ${token}`)
      const { promise, resolve, reject } = Promise.withResolvers<string>()
      client.makeUnaryRequest(
        '/tms.probe.v1.ProbeService/Echo',
        (request: string) => Buffer.from(toBinary(EchoRequestSchema, create(EchoRequestSchema, { text: request }))),
        (bytes) => fromBinary(EchoResponseSchema, bytes),
        text,
        metadata,
        (err, answer) => {
          if (answer) resolve(answer.text)
          else reject(err ?? new Error('neither answer nor error'))
        },
      )
      return promise
    }
    expect(await echo('hi', await suite.token({}))).toBe('hi')
    const refused = (await echo('hi', 'x.y.z').catch((err: unknown) => err)) as grpc.ServiceError
    expect(refused.code).toBe(grpc.status.UNAUTHENTICATED)
    const [details] = refused.metadata.get('grpc-status-details-bin')
    const status = fromBinary(StatusSchema, details as Buffer)
    expect(status.details[0]?.typeUrl).toContain('google.rpc.ErrorInfo')
    client.close()
  },
  options,
)

placements(
  'the pages tell machines how the gateway is, how long each method took and how it ended, and how late the process runs [S3-07][S3-153]',
  services,
  async (suite, { baseUrl }) => {
    const client = suite.client(ProbeService)
    const before = await scraped(baseUrl)
    const calls = Array.from({ length: 50 }, (_, i) => client.echo({ text: i % 10 === 0 ? 'fail' : 'hi' }))
    expect((await Promise.allSettled(calls)).filter(({ status }) => status === 'rejected')).toHaveLength(5)
    const after = await scraped(baseUrl)
    const ended = (code: string) => `tms_rpc_seconds_count{service="probe",method="Echo",code="${code}"}`
    const more = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0)
    expect([more(ended('ok')), more(ended('internal'))]).toEqual([45, 5])
    expect(more(ended('ok').replace('count', 'sum'))).toBeGreaterThan(0)
    expect(after.get('tms_event_loop_delay_p99_seconds')).toBeGreaterThanOrEqual(0)
    expect(await (await fetch(`${baseUrl}/healthz`)).json()).toEqual({ status: 'alive' })
    expect(await (await fetch(`${baseUrl}/readyz`)).json()).toEqual({ status: 'ready' })
    expect(await (await fetch(`${baseUrl}/metrics`)).text()).toContain('tms_gateway_refused_total')
    expect((await fetch(`${baseUrl}/nothing`)).status).toBe(404)
    expect((await fetch(`${baseUrl}/.well-known/jwks.json`)).status).toBe(503) // auth is not in this suite
  },
  { ...options, sendTwice: false },
)

/** What /metrics tells, by name and labels. */
async function scraped(baseUrl: string): Promise<Map<string, number>> {
  const text = await (await fetch(`${baseUrl}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]))
}
