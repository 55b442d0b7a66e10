import type { Money } from '#kit'
import type { Traveller } from '../pricing.ts'

/** One seat sold for cash, as the device wrote it down. */
export type SaleDetail = {
  readonly kind: 'SALE'
  readonly saleId: string
  readonly leaseId: string
  readonly ticketId: string
  readonly tripId: string
  readonly fromSequence: number
  readonly toSequence: number
  readonly seatLabel: string
  readonly passengerName: string
  readonly phone: string
  readonly language: string
  readonly traveller: Traveller
  readonly price: Money
}

/** A sale that is taken back: by a slip of the keys at once, or for a passenger who gets money back. */
export type TakeBackDetail = {
  readonly kind: 'VOID' | 'REFUND'
  readonly refundId: string
  readonly saleId: string
  /** Undefined for all of it. */
  readonly amount: Money | undefined
  readonly reason: string
}

/** Money that goes into the drawer or out of it without a sale. */
export type CashDetail = {
  readonly kind: 'EXPENSE' | 'SHIFT_OPEN' | 'SHIFT_CLOSE' | 'CASH_DROP'
  readonly amount: Money
}

/** What a device did. */
export type Detail = SaleDetail | TakeBackDetail | CashDetail

/** One entry of a device's journal, read. */
export type Entry = {
  readonly deviceId: string
  readonly sequence: number
  /** Lower-case hexadecimal digits, as all hashes here. */
  readonly previousHash: string
  readonly hash: string
  readonly deviceTime: Date
  readonly shiftId: string
  readonly agentUserId: string
  readonly detail: Detail
}

/** Where a device's journal stands. */
export type JournalHead = {
  /** 0 when there is no entry yet. */
  readonly sequence: number
  readonly hash: string
  readonly time: Date | undefined
}

/** What the first entry holds as the hash of the one before. */
export const NO_HASH = '0'.repeat(64)

/** What became of an entry. */
export type Outcome =
  'RECORDED' | 'SOLD' | 'ACCEPTED_LATE' | 'RESEATED' | 'REFUND_QUEUED' | 'QUARANTINED' | 'REJECTED' | 'REFUSED'

/** What the device is told about one entry. */
export type EntryResult = {
  readonly sequence: number
  readonly outcome: Outcome
  readonly bookingId: string
  readonly bookingCode: string
  readonly seatLabel: string
  readonly newTicketCode: string
  readonly reason: string
}

/** A result that has nothing to add. */
export function plainResult(sequence: number, outcome: Outcome, reason = ''): EntryResult {
  return { sequence, outcome, bookingId: '', bookingCode: '', seatLabel: '', newTicketCode: '', reason }
}

/**
 * What an entry puts into the drawer; less than zero when it takes out. Opening and closing a shift count what is there and
 * move nothing.
 *
 * @param priceOf what the sale that is taken back had cost
 */
export function cashOf({ detail }: Entry, priceOf: (saleId: string) => bigint | undefined): bigint {
  switch (detail.kind) {
    case 'SALE':
      return detail.price.minor
    case 'VOID':
    case 'REFUND':
      return -(detail.amount?.minor ?? priceOf(detail.saleId) ?? 0n)
    case 'EXPENSE':
    case 'CASH_DROP':
      return -detail.amount.minor
    case 'SHIFT_OPEN':
    case 'SHIFT_CLOSE':
      return 0n
  }
}
