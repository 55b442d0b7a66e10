import type { Client } from '@connectrpc/connect'
import type { QrService } from '../../../../gen/tms/qr/v1/qr_service_pb.ts'
import { pages } from '../calls/pages.ts'
import { bytesOf, hexOf } from '../hex.ts'
import { importTicketKeys, type TicketKeys } from '../tickets/index.ts'
import type { PosStore } from './store.ts'

/** What it is written down under. */
const NOTE = 'ticket-keys'

/** The keys by which a device checks tickets without a network, kept in its store. */
export class TicketKeyring {
  readonly #store: PosStore
  #keys: TicketKeys

  private constructor(store: PosStore, keys: TicketKeys) {
    this.#store = store
    this.#keys = keys
  }

  /** Goes on with what the store has; without keys when it has none. */
  static async open(store: PosStore): Promise<TicketKeyring> {
    const text = await store.note(NOTE)
    return new TicketKeyring(store, text === undefined ? new Map() : await keysFrom(text))
  }

  get keys(): TicketKeys {
    return this.#keys
  }

  /** Fetches the keys that count now. */
  async refresh(qr: Client<typeof QrService>): Promise<void> {
    const keys: { keyId: string; publicKey: string }[] = []
    for await (const { keyId, publicKey } of pages(qr.listVerificationKeys, {}, 'keys')) {
      keys.push({ keyId, publicKey: hexOf(publicKey) })
    }
    const text = JSON.stringify(keys)
    await this.#store.setNote(NOTE, text)
    this.#keys = await keysFrom(text)
  }
}

function keysFrom(text: string): Promise<TicketKeys> {
  const keys = JSON.parse(text) as { keyId: string; publicKey: string }[]
  return importTicketKeys(keys.map(({ keyId, publicKey }) => ({ keyId, publicKey: bytesOf(publicKey) })))
}
