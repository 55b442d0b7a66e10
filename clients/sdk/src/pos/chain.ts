import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { type JournalEntry, JournalEntrySchema } from '../../../../gen/tms/ticketing/v1/point_of_sale_pb.ts'

/**
 * The chain of a device's journal, as `proto/tms/ticketing/v1/point_of_sale.proto` says it: an entry's hash is the SHA-256
 * of its bytes, and the next entry holds it; the signature is Ed25519 over "TMSJ1:" and the bytes.
 *
 * The server has the same rules in lines of its own; `journal_vectors.json` beside the contract holds the two together.
 */

/** What stands before an entry when it is signed. */
const ENTRY_MARK = new TextEncoder().encode('TMSJ1:')
/** What stands before an enrolment code when a device shows that it has its key. */
const ENROLMENT_MARK = 'TMSE1:'

/** What the first entry holds as the hash of the one before. */
export const NO_HASH: Uint8Array<ArrayBuffer> = new Uint8Array(32)

/** A key pair whose private half is used, and never shown. */
export type DeviceKey = {
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array<ArrayBuffer>
  sign(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>
}

/** An entry as it is kept and sent. */
export type SignedEntry = {
  readonly sequence: number
  readonly body: Uint8Array<ArrayBuffer>
  readonly signature: Uint8Array<ArrayBuffer>
}

/** What an entry says, in the words of the contract. */
export type EntryInit = MessageInitShape<typeof JournalEntrySchema>

/** SHA-256. */
export async function hashOf(body: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', body))
}

/** Signs an entry; its bytes are never made again. */
export async function signEntry(key: DeviceKey, init: EntryInit): Promise<SignedEntry> {
  const entry = create(JournalEntrySchema, init)
  const body = Uint8Array.from(toBinary(JournalEntrySchema, entry))
  return { sequence: Number(entry.sequence), body, signature: await key.sign(joined(ENTRY_MARK, body)) }
}

/** What an entry says. @throws when its bytes are no entry */
export function readEntry({ body }: Pick<SignedEntry, 'body'>): JournalEntry {
  return fromBinary(JournalEntrySchema, body)
}

/** Why a journal is not what its device wrote. */
export type ChainFault = { readonly sequence: number; readonly fault: 'SIGNATURE' | 'HASH' | 'NUMBER' | 'DEVICE' }

/** The first fault of a journal from its beginning; undefined when it is as its device wrote it. */
export async function verifyChain(
  deviceId: string,
  publicKey: Uint8Array<ArrayBuffer>,
  entries: AsyncIterable<SignedEntry> | Iterable<SignedEntry>,
): Promise<ChainFault | undefined> {
  const key = await crypto.subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify'])
  let last = { sequence: 0, hash: NO_HASH }
  for await (const { sequence, body, signature } of entries) {
    const entry = readEntry({ body })
    const at = last.sequence + 1
    if (sequence !== at || Number(entry.sequence) !== at) return { sequence: at, fault: 'NUMBER' }
    if (entry.deviceId !== deviceId) return { sequence, fault: 'DEVICE' }
    if (!sameBytes(entry.previousHash, last.hash)) return { sequence, fault: 'HASH' }
    const good = await crypto.subtle.verify('Ed25519', key, signature, joined(ENTRY_MARK, body))
    if (!good) return { sequence, fault: 'SIGNATURE' }
    last = { sequence, hash: await hashOf(body) }
  }
  return undefined
}

/** What shows that a device has the private half of the key that it brings. */
export function signEnrolment(key: DeviceKey, enrolmentCode: string): Promise<Uint8Array<ArrayBuffer>> {
  const code = enrolmentCode.replace(/[\s-]/g, '').toUpperCase()
  return key.sign(Uint8Array.from(new TextEncoder().encode(ENROLMENT_MARK + code)))
}

/** A key of the platform's own; what `extractable` pairs can be written to a file. */
export async function deviceKeyOf({ publicKey, privateKey }: CryptoKeyPair): Promise<DeviceKey> {
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey))
  return {
    publicKey: raw,
    sign: async (bytes) => new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, bytes)),
  }
}

function joined(mark: Uint8Array, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(mark.length + body.length)
  whole.set(mark)
  whole.set(body, mark.length)
  return whole
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i])
}
