import { add, isPositive, money, type Money, negate, subtract, sum, zero } from '#kit'

/** Where a shift stands. */
export type ShiftState = 'OPEN' | 'COUNTED' | 'CLOSED'

/** What moves cash in a till. */
export type MovementKind = 'SALE' | 'REFUND' | 'EXPENSE' | 'CORRECTION' | 'DROP'

/** Movements of one kind, added up. */
export type CashTotal = { readonly kind: MovementKind; readonly count: number; readonly amount: Money }

/** Notes or coins of one value. */
export type Denomination = { readonly value: Money; readonly count: number }

/** Whether a kind brings cash into the till. */
const comesIn: Readonly<Record<MovementKind, boolean>> = {
  SALE: true,
  CORRECTION: true,
  REFUND: false,
  EXPENSE: false,
  DROP: false,
}

/** What a till should hold: the float and what came in, less what went out. */
export function expectedCash(float: Money, totals: readonly CashTotal[]): Money {
  return totals.reduce((cash, { kind, amount }) => (comesIn[kind] ? add(cash, amount) : subtract(cash, amount)), float)
}

/** Several sets of totals as one, by kind. */
export function addTotals(...sets: readonly (readonly CashTotal[])[]): CashTotal[] {
  const byKind = new Map<MovementKind, CashTotal>()
  for (const total of sets.flat()) {
    const known = byKind.get(total.kind)
    const { kind } = total
    const count = total.count + (known?.count ?? 0)
    byKind.set(kind, { kind, count, amount: known ? add(known.amount, total.amount) : total.amount })
  }
  return [...byKind.values()]
}

/**
 * Notes and coins in circulation, in the smallest unit; a value that is not there is a slip of the keys.
 *
 * Sources: National Bank of Rwanda, Central Bank of Kenya, Bank of Uganda, Bank of Tanzania: currency in circulation.
 */
const circulating: Readonly<Partial<Record<string, readonly bigint[]>>> = {
  RWF: [1n, 5n, 10n, 20n, 50n, 100n, 500n, 1_000n, 2_000n, 5_000n],
  KES: [50n, 100n, 500n, 1_000n, 2_000n, 4_000n, 5_000n, 10_000n, 20_000n, 50_000n, 100_000n],
  UGX: [50n, 100n, 200n, 500n, 1_000n, 2_000n, 5_000n, 10_000n, 20_000n, 50_000n],
  TZS: [5_000n, 10_000n, 20_000n, 50_000n, 100_000n, 200_000n, 500_000n, 1_000_000n],
}

/** Why a count cannot be right; undefined when it can. */
export function countFault(currency: string, counted: readonly Denomination[]): string | undefined {
  const values = counted.map(({ value }) => value)
  if (values.some((value) => value.currency !== currency)) return `the till is counted in ${currency}`
  if (new Set(values.map(({ minor }) => minor)).size < values.length) return 'a value is counted twice'
  const known = circulating[currency]
  const odd = values.find(({ minor }) => (known ? !known.includes(minor) : minor <= 0n))
  return odd && `there is no note or coin of ${odd.minor} in the smallest unit of ${currency}`
}

/** The worth of what was counted. */
export function countedCash(currency: string, counted: readonly Denomination[]): Money {
  return sum(
    currency,
    counted.map(({ value, count }) => money(value.currency, value.minor * BigInt(count))),
  )
}

/** The accounts that a till's cash passes through, by the names that the ledger has for them. */
export type CashAccount =
  'CASH' | 'CASH_DRAWER' | 'CASH_SAFE' | 'CASH_IN_TRANSIT' | 'COMPANY_BANK' | 'CASH_EXPENSE' | 'CASH_OVER_SHORT'

/** An amount that goes to one account from another. */
export type Posting = { readonly debit: CashAccount; readonly credit: CashAccount; readonly amount: Money }

/** The float comes out of the safe. */
export function floatPostings(float: Money): Posting[] {
  return moving([{ debit: 'CASH_DRAWER', credit: 'CASH_SAFE', amount: float }])
}

/**
 * What a count makes of the cash that was taken: it is in the drawer now, less what was given back, spent or taken away, and
 * what is too much or missing is booked. After it the drawer holds what was counted.
 */
export function countPostings(float: Money, totals: readonly CashTotal[], counted: Money): Posting[] {
  const of = (kind: MovementKind) => totals.find((total) => total.kind === kind)?.amount ?? zero(float.currency)
  const takings = subtract(add(of('SALE'), of('CORRECTION')), of('REFUND'))
  const over = subtract(counted, expectedCash(float, totals))
  return moving([
    { debit: 'CASH_DRAWER', credit: 'CASH', amount: takings },
    { debit: 'CASH', credit: 'CASH_DRAWER', amount: negate(takings) },
    { debit: 'CASH_EXPENSE', credit: 'CASH_DRAWER', amount: of('EXPENSE') },
    { debit: 'CASH_IN_TRANSIT', credit: 'CASH_DRAWER', amount: of('DROP') },
    { debit: 'CASH_DRAWER', credit: 'CASH_OVER_SHORT', amount: over },
    { debit: 'CASH_OVER_SHORT', credit: 'CASH_DRAWER', amount: negate(over) },
  ])
}

/** Counted cash leaves the drawer. */
export function handOverPostings(amount: Money): Posting[] {
  return moving([{ debit: 'CASH_IN_TRANSIT', credit: 'CASH_DRAWER', amount }])
}

/** What was handed over has arrived, and what differs is booked: nothing stays on its way. */
export function receiptPostings(destination: 'SAFE' | 'BANK', handedOver: Money, received: Money): Posting[] {
  const debit = destination === 'SAFE' ? 'CASH_SAFE' : 'COMPANY_BANK'
  const missing = subtract(handedOver, received)
  return moving([
    { debit, credit: 'CASH_IN_TRANSIT', amount: received },
    { debit: 'CASH_OVER_SHORT', credit: 'CASH_IN_TRANSIT', amount: missing },
    { debit: 'CASH_IN_TRANSIT', credit: 'CASH_OVER_SHORT', amount: negate(missing) },
  ])
}

/** Leaves out what moves nothing, or moves it the other way. */
function moving(postings: readonly Posting[]): Posting[] {
  return postings.filter(({ amount }) => isPositive(amount))
}
