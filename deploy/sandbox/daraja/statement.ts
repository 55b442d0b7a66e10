import type { Payment } from '../world/payments.ts'
import type { World } from '../world/world.ts'
import { businessOf } from './business.ts'
import { EAT_OFFSET_MS, statementTime } from './ids.ts'

const DAY_MS = 24 * 3_600_000
const KEPT = 10_000

/** What a statement is asked for: completed from `from` to before `to`. */
export type StatementPeriod = { readonly from: Date; readonly to: Date }

const HEADER =
  'Receipt No.,Completion Time,Initiation Time,Details,Transaction Status,Paid In,Withdrawn,Balance,Balance Confirmed,Reason Type,Other Party Info,Linked Transaction ID,A/C No.,Currency'

/** One row before it is written; amounts are whole units, money out is negative. */
type Movement = {
  readonly receipt: string
  readonly linked: string
  readonly time: Date
  readonly initiated: Date
  readonly details: string
  readonly reason: string
  readonly amount: number
  readonly party: string
  readonly reference: string
  readonly currency: string
  readonly status: 'Completed' | 'Failed'
}

/**
 * A short code's statement as the organisation portal exports it: a preamble, then what really moved, newest first. The
 * scenarios of the phones concerned have lines dropped, changed in amount, currency or
 * status, doubled, moved over midnight, or joined by a stranger's.
 */
export function statementCsv(world: World, shortCode: string, { from, to }: StatementPeriod): string {
  const movements = world.payments
    .list(undefined, KEPT)
    .filter(
      (payment) =>
        payment.wallet === 'M-PESA' && payment.shortCode === shortCode && payment.outcome?.receipt !== undefined,
    )
    .flatMap((payment) => linesOf(world, payment))
    .filter(({ time }) => time >= from && time < to)
    .sort((a, b) => b.time.getTime() - a.time.getTime())
  const closing = closingBalance(world, shortCode)
  const sum = movements.reduce((total, { amount }) => total + amount, 0)
  const rows = withBalances(movements, closing)
  return [...preamble(world, shortCode, { from, to }, [closing - sum, closing]), HEADER, ...rows, ''].join('\r\n')
}

function preamble(
  world: World,
  shortCode: string,
  { from, to }: StatementPeriod,
  balances: readonly number[],
): string[] {
  const name = businessOf(world, shortCode)?.name ?? shortCode
  const [opening = 0, closing = 0] = balances
  return [
    ['', name],
    ['Short Code', shortCode],
    ['Account', 'Working Account'],
    ['Time Period', '', 'From', statementTime(from), 'To', statementTime(to)],
    ['Operator', world.settings.initiator.name],
    ['Opening Balance', decimal(opening), 'Closing Balance', decimal(closing)],
  ].map(csvRow)
}

function withBalances(movements: readonly Movement[], closing: number): string[] {
  let balance = closing
  return movements.map((movement) => {
    const row = rowOf(movement, balance)
    balance -= movement.amount
    return row
  })
}

function rowOf(movement: Movement, balance: number): string {
  const { amount } = movement
  return csvRow([
    movement.receipt,
    statementTime(movement.time),
    statementTime(movement.initiated),
    movement.details,
    movement.status,
    amount > 0 ? decimal(amount) : '',
    amount < 0 ? decimal(amount) : '',
    decimal(balance),
    'true',
    movement.reason,
    movement.party,
    movement.linked,
    movement.reference,
    movement.currency,
  ])
}

/** A payment's line and the charge for it, as the scenario of its phone has them. */
function linesOf(world: World, payment: Payment): Movement[] {
  const { statementFault, statementCharge } = world.scenarios.of(payment.msisdn)
  const line = lineOf(world, payment)
  const charge = statementCharge > 0 ? [chargeFor(line, statementCharge)] : []
  switch (statementFault) {
    case 'none':
      return [line, ...charge]
    case 'drop':
      return charge
    case 'change':
      return [{ ...line, amount: line.amount + 100 }, ...charge]
    case 'double':
      return [line, line, ...charge]
    case 'currency':
      return [{ ...line, currency: 'USD' }, ...charge]
    case 'failed':
      return [{ ...line, status: 'Failed' }, ...charge]
    case 'midnight':
      return [{ ...line, time: afterMidnight(line.time) }, ...charge]
    case 'stranger':
      return [line, stranger(line), ...charge]
  }
}

const income = new Set<string>(['stk-push', 'c2b'])

function lineOf(world: World, payment: Payment): Movement {
  const { kind, msisdn, reference, outcome, createTime } = payment
  const party = `${msisdn} - ${world.phones.of(msisdn).name}`
  const reason = reasons[kind] ?? ''
  return {
    receipt: outcome?.receipt ?? '',
    linked: kind === 'reversal' ? payment.description.replace('Reversal of ', '') : '',
    time: outcome?.time ?? createTime,
    initiated: createTime,
    details: income.has(kind) ? `Pay Bill from ${party} Acc. ${reference}` : `${reason} to ${party}`,
    reason,
    amount: income.has(kind) ? payment.amount : -payment.amount,
    party,
    reference,
    currency: payment.currency,
    status: 'Completed',
  }
}

const reasons: Readonly<Partial<Record<Payment['kind'], string>>> = {
  'stk-push': 'Pay Utility',
  c2b: 'Pay Bill Online',
  b2c: 'Business Payment to Customer',
  reversal: 'Pay Utility Reversal',
}

/** A charge bears the receipt and the second of what it is charged for. */
function chargeFor(line: Movement, amount: number): Movement {
  const reason = 'Business Pay Bill Charge'
  return { ...line, linked: line.receipt, details: reason, reason, amount: -amount, reference: '' }
}

function stranger(line: Movement): Movement {
  const party = '254799000000 - STRANGER'
  return {
    ...line,
    receipt: `X${line.receipt.slice(1)}`,
    party,
    details: `Pay Bill from ${party}`,
    reference: 'STRANGER',
  }
}

/** Half a minute into the next day in Nairobi. */
function afterMidnight(time: Date): Date {
  const day = Math.floor((time.getTime() + EAT_OFFSET_MS) / DAY_MS) + 1
  return new Date(day * DAY_MS - EAT_OFFSET_MS + 30_000)
}

function closingBalance(world: World, shortCode: string): number {
  const { working, utility } = world.accounts.of(shortCode)
  return /payout/i.test(businessOf(world, shortCode)?.name ?? '') ? utility : working
}

/** `12,345.00`, as the portal writes amounts. */
function decimal(amount: number): string {
  return amount.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
}

function csvRow(cells: readonly string[]): string {
  return cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')
}
