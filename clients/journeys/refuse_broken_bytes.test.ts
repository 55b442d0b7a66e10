import fc from 'fast-check'
import { expect } from 'vitest'
import { placements } from '#kit/testing'
import { loadServices, serviceNames } from '../../services/roster.ts'
import { type Rpc, rpcsOf } from './testing/contract/rpcs.ts'
import { forEachOf } from './testing/contract/tally.ts'
import { id } from './testing/world/companies.ts'
import { townWithGateway } from './testing/world/front_door.ts'

const services = await loadServices(serviceNames)
const rpcs = rpcsOf(services)

const SEED = 20_261_120

type Body = { readonly contentType: string; readonly bytes: Uint8Array<ArrayBuffer> }

const text = (value: string) => new Uint8Array(Buffer.from(value))

/** Half of a message, a length that lies, a field of the wrong kind, and what a poor client may call JSON. */
const BROKEN = [
  { contentType: 'application/proto', bytes: Uint8Array.of(0x0a) },
  { contentType: 'application/proto', bytes: Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x41) },
  { contentType: 'application/proto', bytes: Uint8Array.of(0x0a, 0x02, 0xc3, 0x28) },
  { contentType: 'application/proto', bytes: Uint8Array.of(0x0b, 0x0b, 0x0b, 0x0b) },
  { contentType: 'application/json', bytes: text('') },
  { contentType: 'application/json', bytes: text('{') },
  { contentType: 'application/json', bytes: text('[]') },
  { contentType: 'application/json', bytes: text('{"__proto__":{"admin":true},"constructor":1}') },
  { contentType: 'application/json', bytes: text('{"tripId":{"$ne":null},"pageSize":"many","phone":[1]}') },
  { contentType: 'application/json', bytes: text('[[[['.repeat(20_000)) },
  { contentType: 'application/xml', bytes: text('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>') },
  { contentType: 'application/connect+proto', bytes: Uint8Array.of(0xff, 0, 0, 0, 9, 1) },
] satisfies Body[]

/** Bytes by chance, said to be a message. */
const RANDOM: Body[] = fc
  .sample(fc.uint8Array({ minLength: 1, maxLength: 300 }), { numRuns: 4, seed: SEED })
  .map((bytes) => ({ contentType: 'application/proto', bytes: new Uint8Array(bytes) }))

const HTTP_VERSION_NOT_SUPPORTED = 505

placements(
  'bytes that are no message are refused by every method, at the gateway and at each service, and never with a 5xx [S3-143]',
  services,
  async (suite, town) => {
    const token = await suite.token({ userId: id(), tenantId: id(), permissions: ['*'] })
    const wrong: string[] = []
    const counts = new Map<number, number>()
    const post = async (baseUrl: string, { method, name }: Rpc, { contentType, bytes }: Body) => {
      const headers = { 'content-type': contentType, authorization: `Bearer ${token}`, 'connect-protocol-version': '1' }
      const url = `${baseUrl}/${method.parent.typeName}/${method.name}`
      const { status } = await fetch(url, { method: 'POST', headers, body: bytes })
      counts.set(status, (counts.get(status) ?? 0) + 1)
      // Streams both ways need HTTP/2, and say so of HTTP/1.1.
      if (status === HTTP_VERSION_NOT_SUPPORTED && method.methodKind === 'bidi_streaming') return
      if (status >= 500) wrong.push(`${name} at ${baseUrl}: ${status} for ${contentType} ${shown(bytes)}`)
    }
    await forEachOf(rpcs, async (rpc) => {
      for (const body of [...BROKEN, ...RANDOM]) {
        await post(suite.urlOf(rpc.owner), rpc, body)
        if (!rpc.internal) await post(town.baseUrl, rpc, body)
      }
    })
    console.info('broken bytes, by status:', Object.fromEntries(counts))
    expect(wrong).toEqual([])
  },
  {
    outside: townWithGateway,
    // Each service behind a listener of its own, or there would be no bytes.
    placements: ['network'],
    env: { GATEWAY_RATE_LIMITS: 'false' },
    sendTwice: false,
    timeoutMs: 60_000,
  },
)

function shown(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 40)).toString('hex')
}
