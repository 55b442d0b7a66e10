import type { SeatLease } from '../../../../gen/tms/ticketing/v1/point_of_sale_pb.ts'
import type { Reason } from '../reasons.ts'

/** A sale that the server could not let stand as it was made, or an entry that it refused: the agent has something to do. */
export type Conflict = {
  readonly sequence: number
  readonly outcome: 'ACCEPTED_LATE' | 'RESEATED' | 'REFUND_QUEUED' | 'REFUSED' | 'REJECTED'
  readonly saleId: string
  readonly seatLabel: string
  /** The ticket that counts now, to be printed again; empty when it is the same. */
  readonly newTicketCode: string
  readonly reason: string
}

/** How a device stands. */
export type TerminalState = {
  readonly phase: 'idle' | 'sending' | 'waiting'
  readonly deviceId: string
  readonly shiftId: string | undefined
  /** Entries that the journal has: the `journal_length` by which a shift is counted and closed. */
  readonly journalLength: number
  /** Entries that the server is not known to have: show it as long as it is not 0. */
  readonly unsynced: number
  /** Entries that wait for a manager. */
  readonly quarantined: number
  readonly conflicts: readonly Conflict[]
  /** The server's clock before ours, as it was when last heard of. */
  readonly clockOffsetMs: number
  /** Why the last attempt to send failed; undefined when it did not, or no service said why. */
  readonly reason: Reason | undefined
}

/** What a passenger is given. */
export type SoldTicket = {
  readonly saleId: string
  readonly bookingCode: string
  readonly seatLabel: string
  readonly code: string
  readonly price: { readonly currencyCode: string; readonly units: bigint; readonly nanos: number }
  readonly lease: SeatLease
}

/** Why a device does not sell. */
export class SaleRefusedError extends Error {
  override readonly name = 'SaleRefusedError'
  readonly reason: 'NO_SHIFT' | 'SEAT_NOT_LEASED' | 'LEASE_OVER' | 'NO_SUCH_RIDE' | 'CLOCK_MOVED_BACK' | 'NO_SUCH_SALE'

  constructor(reason: SaleRefusedError['reason'], message: string) {
    super(message)
    this.reason = reason
  }
}
