import { BoundedMap } from '../world/bounded.ts'
import { type Random, UPPER_ALPHANUMERIC } from '../world/random.ts'

/** An amount as it stands on the wire: `{ currency_code: 'USD', value: '12.40' }`. */
export type Amount = { readonly currency_code: string; readonly value: string }

export type OrderStatus = 'CREATED' | 'PAYER_ACTION_REQUIRED' | 'APPROVED' | 'COMPLETED' | 'VOIDED'
export type CaptureStatus = 'COMPLETED' | 'PENDING' | 'DECLINED' | 'PARTIALLY_REFUNDED' | 'REFUNDED'

/** Money that was taken. */
export type Capture = {
  readonly id: string
  readonly order: Order
  readonly createTime: Date
  status: CaptureStatus
  refundedCents: number
}

/** Money that was given back. */
export type Refund = {
  readonly id: string
  readonly capture: Capture
  readonly amount: Amount
  readonly customId: string
  readonly createTime: Date
  status: 'COMPLETED' | 'PENDING' | 'FAILED'
}

/** What somebody is to pay for. */
export type Order = {
  readonly id: string
  readonly unit: {
    readonly reference_id: string
    readonly custom_id: string
    readonly invoice_id: string
    readonly description: string
    readonly amount: Amount
  }
  readonly brandName: string
  readonly returnUrl: string
  readonly cancelUrl: string
  readonly createTime: Date
  status: OrderStatus
  capture?: Capture
}

const KEPT = 10_000

/** PayPal's books, and which request made what: a repeated request finds what the first one made. */
export type Orders = {
  readonly orders: Map<string, Order>
  readonly captures: Map<string, Capture>
  readonly refunds: Map<string, Refund>
  /** By path and PayPal-Request-Id. */
  readonly replays: Map<string, Order | Refund>
  /** Invoices that were captured: PayPal refuses a second payment of one. */
  readonly paidInvoices: Set<string>
  newId(): string
  reset(): void
}

export function startOrders(random: Random): Orders {
  const orders = new BoundedMap<string, Order>(KEPT)
  const captures = new BoundedMap<string, Capture>(KEPT)
  const refunds = new BoundedMap<string, Refund>(KEPT)
  const replays = new BoundedMap<string, Order | Refund>(KEPT)
  const paidInvoices = new Set<string>()
  return {
    orders,
    captures,
    refunds,
    replays,
    paidInvoices,
    newId: () => random.text(UPPER_ALPHANUMERIC, 17),
    reset: () => {
      for (const part of [orders, captures, refunds, replays, paidInvoices]) part.clear()
    },
  }
}

/** Whole cents of an amount with at most two decimals. */
export function centsOf({ value }: Amount): number {
  return Math.round(Number(value) * 100)
}

/** The amount of so many cents. */
export function amountOf(currency: string, cents: number): Amount {
  return { currency_code: currency, value: (cents / 100).toFixed(2) }
}
