import { BoundedMap, keepNewest } from './bounded.ts'

export type Attachment = {
  readonly filename: string
  readonly mimeType: string
  readonly contentId: string
  readonly content: Buffer
}

/** A mail as it was received. `html` is foreign: show it only in a sandboxed frame. */
export type Mail = {
  readonly id: string
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly messageId: string
  readonly receiveTime: Date
  readonly attachments: readonly Attachment[]
}

export type Mailboxes = {
  keep(mail: Mail): void
  find(id: string): Mail | undefined
  /** Newest first; of one address, or all. */
  list(address?: string): Mail[]
  /** Addresses that have mail, the most recently reached first. */
  addresses(): string[]
  reset(): void
}

const ADDRESSES_KEPT = 2000
const KEPT_PER_ADDRESS = 50
const MAILS_KEPT = 2000

export function startMailboxes(): Mailboxes {
  const mails = new BoundedMap<string, Mail>(MAILS_KEPT)
  const boxes = new BoundedMap<string, Mail[]>(ADDRESSES_KEPT)

  const keepAt = (address: string, mail: Mail) => {
    const box = boxes.get(address) ?? []
    keepNewest(box, mail, KEPT_PER_ADDRESS)
    boxes.delete(address) // set again, so that the order is that of use
    boxes.set(address, box)
  }

  return {
    keep: (mail) => {
      mails.set(mail.id, mail)
      for (const address of mail.to) keepAt(address.toLowerCase(), mail)
    },
    find: (id) => mails.get(id),
    list: (address) =>
      [...(address === undefined ? mails.values() : (boxes.get(address.toLowerCase()) ?? []))].reverse(),
    addresses: () => [...boxes.keys()].reverse(),
    reset: () => {
      mails.clear()
      boxes.clear()
    },
  }
}
