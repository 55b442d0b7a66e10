import { BoundedMap } from './bounded.ts'

/** One attempt to tell the merchant: when, where to, and what came of it. */
export type Delivery = {
  readonly time: Date
  readonly url: string
  readonly forged: boolean
  /** HTTP status, or the reason why there is none: `lost`, `ECONNREFUSED`, `timeout`. */
  readonly result: number | string
}

/** What only a payment asked for by STK push has. */
export type Push = {
  readonly merchantRequestId: string
  readonly callbackUrl: string
  readonly partyB: string
  readonly transactionType: string
  /** Whether a status query may tell the outcome already. */
  known: boolean
  /** Status queries answered so far. */
  polls: number
}

/** The wallets that a phone may have, by the names that their owners know. */
export type WalletName = 'M-PESA' | 'MTN MoMo' | 'Airtel Money'

/** How a payment ended, in the words of its provider. */
export type End = { readonly code: string; readonly text: string }

/** Money that moved between a phone and a business, or was to move. */
export type Payment = {
  /** CheckoutRequestID of a push, ConversationID of M-PESA's other operations, the merchant's id of all others. */
  readonly id: string
  readonly wallet: WalletName
  readonly kind: 'stk-push' | 'c2b' | 'b2c' | 'reversal' | 'collection' | 'transfer' | 'refund'
  readonly msisdn: string
  readonly amount: number
  readonly currency: string
  readonly shortCode: string
  readonly business: string
  readonly reference: string
  readonly description: string
  readonly createTime: Date
  readonly push?: Push
  /** Paid when there is a receipt. */
  outcome?: End & { readonly time: Date; readonly receipt?: string }
  /** Receipt of the reversal that gave this payment back. */
  reversedBy?: string
  readonly deliveries: Delivery[]
}

/** A payment asked for by STK push. */
export type PushPayment = Payment & { readonly push: Push }

export const isPush = (payment: Payment): payment is PushPayment => payment.push !== undefined

/** Counts and sums since the start or the last reset; never forgotten, unlike single payments. */
export type Totals = { count: number; amount: number }
export type MoneyTotals = { charged: Totals; reversed: Totals; paidOut: Totals }

export type Payments = {
  add(payment: Payment): void
  find(id: string): Payment | undefined
  findByReceipt(receipt: string): Payment | undefined
  /** Records the end of a payment; one with a receipt can be found by it and counts in the totals. */
  settle(payment: Payment, end: End, time: Date, receipt?: string): void
  /** Newest first. */
  list(msisdn?: string, limit?: number): Payment[]
  /** By currency. */
  totals(): Record<string, MoneyTotals>
  reset(): void
}

const PAYMENTS_KEPT = 10_000

export function startPayments(): Payments {
  const byReceipt = new Map<string, Payment>()
  const byId = new BoundedMap<string, Payment>(PAYMENTS_KEPT, (old) => byReceipt.delete(old.outcome?.receipt ?? ''))
  let totals: Record<string, MoneyTotals> = {}

  return {
    add: (payment) => void byId.set(payment.id, payment),
    find: (id) => byId.get(id),
    findByReceipt: (receipt) => byReceipt.get(receipt),
    settle: (payment, end, time, receipt) => {
      payment.outcome = { ...end, time, ...(receipt && { receipt }) }
      if (!receipt) return
      byReceipt.set(receipt, payment)
      const ofCurrency = (totals[payment.currency] ??= noMoney())
      count(ofCurrency[totalOf[payment.kind]], payment.amount)
    },
    list: (msisdn, limit = 500) => newestFirst(byId, limit, msisdn),
    totals: () => totals,
    reset: () => {
      byId.clear()
      byReceipt.clear()
      totals = {}
    },
  }
}

const totalOf = {
  'stk-push': 'charged',
  c2b: 'charged',
  collection: 'charged',
  b2c: 'paidOut',
  transfer: 'paidOut',
  reversal: 'reversed',
  refund: 'reversed',
} as const

const noMoney = (): MoneyTotals => ({
  charged: { count: 0, amount: 0 },
  reversed: { count: 0, amount: 0 },
  paidOut: { count: 0, amount: 0 },
})

function count(total: Totals, amount: number): void {
  total.count += 1
  total.amount += amount
}

function newestFirst(payments: ReadonlyMap<string, Payment>, limit: number, msisdn?: string): Payment[] {
  const all = [...payments.values()]
  const wanted = msisdn === undefined ? all : all.filter((payment) => payment.msisdn === msisdn)
  return wanted.slice(-limit).reverse()
}
