import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type ChainFault, hashOf, type SignedEntry, verifyChain } from './chain.ts'

/** What the server's side is tested with as well. */
const vectors = JSON.parse(readFileSync('proto/tms/ticketing/v1/journal_vectors.json', 'utf8')) as {
  readonly deviceId: string
  readonly signedBy: string
  readonly entries: readonly { sequence: number; body: string; signature: string; hash: string }[]
}

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))
const publicKey = bytes(vectors.signedBy)
const honest: readonly SignedEntry[] = vectors.entries.map(({ sequence, body, signature }) => ({
  sequence,
  body: bytes(body),
  signature: bytes(signature),
}))

test('what a device wrote is whole, and has the hashes that the server knows', async () => {
  const hashes = await Promise.all(honest.map(async ({ body }) => Buffer.from(await hashOf(body)).toString('hex')))
  expect(hashes).toEqual(vectors.entries.map(({ hash }) => hash))
  expect(await verifyChain(vectors.deviceId, publicKey, honest)).toBeUndefined()
})

const [a, b, c] = honest as [SignedEntry, SignedEntry, SignedEntry]
const flipped = { ...b, body: b.body.map((byte, i) => (i === b.body.length - 2 ? byte ^ 1 : byte)) }
test.each<[string, SignedEntry[], ChainFault]>([
  ['edited', [a, flipped, c], { sequence: 2, fault: 'SIGNATURE' }],
  ['deleted', [a, c], { sequence: 2, fault: 'NUMBER' }],
  ['reordered', [a, c, b], { sequence: 2, fault: 'NUMBER' }],
  ['deleted and numbered anew', [a, { ...c, sequence: 2 }], { sequence: 2, fault: 'NUMBER' }],
])('an entry that was %s is noticed on the device', async (_, entries, fault) => {
  expect(await verifyChain(vectors.deviceId, publicKey, entries)).toEqual(fault)
})

test('the journal of another device is not ours', async () => {
  const other = '019a0000-0000-7000-8000-00000000000f'
  expect(await verifyChain(other, publicKey, honest)).toEqual({ sequence: 1, fault: 'DEVICE' })
})
