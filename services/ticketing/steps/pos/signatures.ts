import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { ReadEntry } from '../../domain/pos/audit.ts'
import { readEntry } from '../../wire/pos/entries.ts'

/** What an Ed25519 public key is wrapped in as SubjectPublicKeyInfo (RFC 8410, section 4). */
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex')

/** What stands before a journal entry when it is signed: a signature of anything else is not one of an entry. */
const ENTRY_MARK = Buffer.from('TMSJ1:')

/** A device's public key, ready for use. @param raw 32 bytes */
export function deviceKeyOf(raw: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI_HEAD, raw]), format: 'der', type: 'spki' })
}

/** Reads entries as they came, and verifies who signed them; on the process's other threads, as this takes time. */
export function readEntries(
  key: KeyObject,
  sent: readonly { readonly body: Uint8Array; readonly signature: Uint8Array }[],
): Promise<ReadEntry[]> {
  return Promise.all(
    sent.map(async ({ body, signature }) => {
      const hash = createHash('sha256').update(body).digest('hex')
      return {
        body,
        signature,
        hash,
        entry: readEntry(body, hash),
        signatureGood: await isSigned(key, body, signature),
      }
    }),
  )
}

function isSigned(key: KeyObject, body: Uint8Array, signature: Uint8Array): Promise<boolean> {
  if (signature.length !== 64) return Promise.resolve(false)
  return new Promise((resolve) => {
    verify(null, Buffer.concat([ENTRY_MARK, body]), key, signature, (err, good) => {
      resolve(err === null && good)
    })
  })
}
