import type { Job } from '../booking/messages.ts'

/** A held seat that is to be paid, by whoever holds it. */
export type Order = {
  readonly bookingId: string
  readonly paymentIntentId: string
  /** Every order is paid by a phone of its own, so that what the sandbox says about a phone is about the order. */
  readonly phone: string
  readonly token: string
}

/** What the load process is told to do: hold a seat for each job, or pay for each order. */
export type LoadOrder =
  | { readonly hold: readonly Job[]; readonly baseUrl: string; readonly passengers: number }
  | {
      readonly pay: readonly Order[]
      readonly baseUrl: string
      readonly natsUrl: string
      readonly passengers: number
      /** No payment begins after this time. */
      readonly seconds: number
    }

/** One payment, in milliseconds since 1970, by the load's clock. */
export type Flow = {
  readonly phone: string
  /** The passenger pressed "pay". */
  readonly beginMs: number
  /** The suite has answered. */
  readonly answerMs: number
  /** The passenger's page has turned to "paid". */
  readonly paidMs: number
  /** TicketIssued was on the bus. */
  readonly ticketMs: number
}

/** What became of holds. */
export type Held = { readonly orders: readonly Order[] }

/** What became of payments. */
export type Paid = { readonly flows: readonly Flow[]; readonly errors: readonly string[]; readonly ms: number }
