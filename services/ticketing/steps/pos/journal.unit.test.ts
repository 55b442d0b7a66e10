import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { auditChain, auditVoids, type QuarantineReason, tooManyVoids } from '../../domain/pos/audit.ts'
import { type Entry, NO_HASH } from '../../domain/pos/entry.ts'
import { deviceKeyOf, readEntries } from './signatures.ts'

/** What the devices' side is tested with as well. */
const vectors = JSON.parse(readFileSync('proto/tms/ticketing/v1/journal_vectors.json', 'utf8')) as {
  readonly deviceId: string
  readonly signedBy: string
  readonly entries: readonly { readonly body: string; readonly signature: string; readonly hash: string }[]
}

type Sent = { body: Buffer; signature: Buffer }

const honest: readonly Sent[] = vectors.entries.map(({ body, signature }) => ({
  body: Buffer.from(body, 'hex'),
  signature: Buffer.from(signature, 'hex'),
}))
const key = deviceKeyOf(Buffer.from(vectors.signedBy, 'hex'))
const later = new Date('2026-11-20T08:00:00Z')
const start = { sequence: 0, hash: NO_HASH, time: undefined }

async function reasons(sent: readonly Sent[], now = later): Promise<QuarantineReason[]> {
  const entries = await readEntries(key, sent)
  return [...new Set(auditChain(vectors.deviceId, start, entries, now).map(({ reason }) => reason))].sort()
}

describe('the journal of a device', () => {
  test('what a device wrote has the hashes and signatures that it says, and nothing is found wrong', async () => {
    const entries = await readEntries(key, honest)
    expect(entries.map(({ hash }) => hash)).toEqual(vectors.entries.map(({ hash }) => hash))
    expect(entries.every(({ signatureGood, entry }) => signatureGood && entry !== undefined)).toBe(true)
    expect(await reasons(honest)).toEqual([])
  })

  const flipped = (at: number): Sent[] =>
    honest.map((one, i) => {
      const body = Buffer.from(one.body)
      if (i === at) body[body.length - 2] = body.at(-2)! ^ 1
      return { ...one, body }
    })
  const [a, b, c, d, e] = honest as [Sent, Sent, Sent, Sent, Sent]
  test.each<[string, Sent[], QuarantineReason[]]>([
    ['edited', flipped(1), ['CHAIN_BROKEN', 'SIGNATURE_BAD']],
    ['edited at its end', flipped(4), ['SIGNATURE_BAD']],
    ['deleted at its beginning', [b, c, d, e], ['CHAIN_BROKEN', 'GAP']],
    ['deleted in its middle', [a, b, d, e], ['CHAIN_BROKEN', 'GAP']],
    ['reordered', [a, c, b, d, e], ['CHAIN_BROKEN', 'CLOCK_MOVED_BACK', 'GAP']],
    ['repeated within itself', [a, b, b, c], ['CHAIN_BROKEN', 'GAP']],
    ['signed by another entry', [{ ...a, signature: b.signature }, b], ['SIGNATURE_BAD']],
    ['without a signature', [{ ...a, signature: Buffer.alloc(0) }, b], ['SIGNATURE_BAD']],
    ['not to be read', [{ ...a, body: Buffer.from('ff01', 'hex') }], ['MALFORMED']],
  ])('that was %s is noticed', async (_, sent, found) => {
    expect(await reasons(sent)).toEqual(found)
  })

  test('that is another device’s, or from a time to come, is noticed', async () => {
    const entries = await readEntries(key, honest)
    const other = auditChain('019a0000-0000-7000-8000-00000000000f', start, entries, later)
    expect(new Set(other.map(({ reason }) => reason))).toEqual(new Set(['FOREIGN_ENTRY']))
    expect(await reasons(honest, new Date('2026-11-20T05:00:00Z'))).toEqual(['CLOCK_AHEAD'])
  })

  test('may be cut off at its end and go on from there: nothing of it is lost', async () => {
    const entries = await readEntries(key, honest)
    const { entry } = entries[2]!
    const head = { sequence: 3, hash: entry!.hash, time: entry!.deviceTime }
    expect(auditChain(vectors.deviceId, head, entries.slice(3), later)).toEqual([])
  })
})

describe('sales that are taken back', () => {
  test.each([
    [0, 0, false],
    [3, 3, false],
    [4, 4, true],
    [19, 4, true],
    [20, 4, false],
  ])('of %i sales %i are too many: %s', (sales, voids, found) => {
    expect(tooManyVoids({ sales, voids })).toBe(found)
  })

  test('are counted over the whole shift, and found only with a new one', async () => {
    const entries = (await readEntries(key, honest)).flatMap(({ entry }) => (entry ? [entry] : []))
    const { shiftId } = entries[0]!
    const before = new Map([[shiftId, { sales: 10, voids: 3 }]])
    expect(auditVoids(entries, before)).toMatchObject([{ reason: 'TOO_MANY_VOIDS' }])
    const quiet: Entry[] = entries.filter(({ detail }) => detail.kind !== 'VOID')
    expect(auditVoids(quiet, new Map([[shiftId, { sales: 10, voids: 9 }]]))).toEqual([])
  })
})
