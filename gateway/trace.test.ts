import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'vitest'
import { newUuidV7, startTracing } from '#kit'
import { placements } from '#kit/testing'
import { ProbeService } from '#gen/tms/probe/v1/probe_pb.ts'
import { probe } from '../services/kit/testing/probe/service.ts'
import { gatewayTo } from './service.ts'
import { aPort, through } from './testing.ts'

type Span = { name: string; kind: number; traceId: string; spanId: string; parentSpanId?: string }
type Export = { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] }

/** A trace store on loopback, in as far as it takes in spans by OTLP/HTTP. */
async function traceStore() {
  const spans: Span[] = []
  const server = http.createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString()) as Export
      spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)))
      res.setHeader('content-type', 'application/json')
      res.end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { spans, url: `http://127.0.0.1:${port}/v1/traces`, close: () => server.close() }
}

placements(
  'the trace of a call is returned to its caller, and found in the trace store with a span of each hop, calls and events alike [S1-06][S2-15][S3-87][S4-07]',
  [probe, gatewayTo([ProbeService])],
  async (suite, outside) => {
    const store = await traceStore()
    const flush = await startTracing(store.url)
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` }
    let returned = ''
    await through(
      outside,
      async (client) => {
        await client.echo({ text: 'hi' }, { onHeader: (header) => (returned = header.get('traceresponse') ?? '') })
      },
      { headers },
    )
    const who = { tenantId: newUuidV7(Date.now()), permissions: ['probe.notes.create'] }
    await through(outside, (client) => client.createNote({ noteId: newUuidV7(Date.now()), text: 'hi' }), {
      headers: { ...headers, authorization: `Bearer ${await suite.token(who)}` },
    })
    await suite.settle()
    await flush()
    store.close()
    expect(returned.split('-')[1]).toBe(traceId)
    const spans = store.spans.filter((span) => span.traceId === traceId)
    const atGateway = spans.find(({ name }) => name.startsWith('gateway'))
    const atService = spans.find(({ name }) => name === 'tms.probe.v1.ProbeService/Echo')
    expect(atGateway?.parentSpanId).toBe('b7ad6b7169203331')
    expect(atService?.parentSpanId).toBe(atGateway?.spanId)
    // From service to service there are calls of the contracts and events, and nothing else.
    const { server, consumer } = { server: 2, consumer: 5 } // OTLP's numbers
    const hops = [...new Set(spans.map(({ kind, name }) => `${kind} ${name}`))].sort()
    expect(hops).toEqual([
      `${server} gateway /tms.probe.v1.ProbeService/CreateNote`,
      `${server} gateway /tms.probe.v1.ProbeService/Echo`,
      `${server} tms.probe.v1.ProbeService/CreateNote`,
      `${server} tms.probe.v1.ProbeService/Echo`,
      `${consumer} probe hear`,
    ])
  },
  // Apart, where a trace has to cross the network; the exporter of a process is set up once.
  { placements: ['network'], outside: () => aPort() },
)
