import { type AccountKind, isCompanyMoney } from './books.ts'

/** The account of the books that a payout is paid from. */
export type SourceKind = Extract<AccountKind, 'TENANT_PAYABLE' | 'AGENT_FLOAT' | 'DRIVER_WALLET'>

/** What a line of a statement is about, in the words of `StatementItem.Kind`. */
export type StatementKind = (typeof order)[number] | 'BROUGHT_FORWARD' | 'KEPT_BACK'

/** Everything between the balance before and what is kept back, in the order in which it is read. */
const order = [
  'GROSS',
  'PLATFORM_FEE',
  'PROVIDER_FEE',
  'TAX',
  'COMMISSION',
  'REFUNDS',
  'ADJUSTMENTS',
  'CASH_HELD',
  'EARLIER_PAYOUTS',
] as const

/** All transfers of one shape in one company's journal, summed. */
export type Flow = {
  readonly capture: boolean
  readonly debit: AccountKind
  readonly credit: AccountKind
  /** Whether it is the very account that pays, and not another of its kind. */
  readonly debitIsSource: boolean
  readonly creditIsSource: boolean
  readonly minor: bigint
}

/** What each kind of line comes to since the beginning, signed. */
export type Totals = ReadonlyMap<StatementKind, bigint>

/** One line: since the statement before, and since the beginning. */
export type StatementLine = { readonly kind: StatementKind; readonly minor: bigint; readonly totalMinor: bigint }

/** What a statement continues. */
export type EarlierStatement = { readonly dueMinor: bigint; readonly totals: Totals }

/** What the journal says about an account that pays, by kind of line. The sum is what is due. */
export function totalsOf(source: SourceKind, flows: readonly Flow[]): Totals {
  const totals = new Map<StatementKind, bigint>()
  for (const flow of flows) {
    for (const [kind, minor] of partsOf(source, flow)) totals.set(kind, (totals.get(kind) ?? 0n) + minor)
  }
  return totals
}

/** What is due by these totals; less than zero when the holder owes. */
export function dueOf(totals: Totals): bigint {
  return [...totals.values()].reduce((sum, minor) => sum + minor, 0n)
}

/** The lines of a payout: the balance before, what has happened since, and what is kept back. They add up to `amountMinor`. */
export function statementOf(
  totals: Totals,
  earlier: EarlierStatement | undefined,
  amountMinor: bigint,
): StatementLine[] {
  const brought = earlier?.dueMinor ?? 0n
  const kept = amountMinor - dueOf(totals)
  const between = order.map((kind) => {
    const totalMinor = totals.get(kind) ?? 0n
    return { kind, minor: totalMinor - (earlier?.totals.get(kind) ?? 0n), totalMinor }
  })
  const lines: StatementLine[] = [
    { kind: 'BROUGHT_FORWARD', minor: brought, totalMinor: brought },
    ...between,
    { kind: 'KEPT_BACK', minor: kept, totalMinor: kept },
  ]
  return lines.filter(({ minor, totalMinor }) => minor !== 0n || totalMinor !== 0n)
}

function partsOf(source: SourceKind, flow: Flow): readonly (readonly [StatementKind, bigint])[] {
  const { minor } = flow
  const own = [
    ...(flow.creditIsSource ? [[kindBy(source, flow.debit), minor] as const] : []),
    ...(flow.debitIsSource ? [[kindBy(source, flow.credit), -minor] as const] : []),
  ]
  return source === 'TENANT_PAYABLE' ? [...own, ...shareParts(flow), ...cashParts(flow)] : own
}

/** A share that never reached the company's account, because it was taken as the payment came in: gross, and off again. */
function shareParts({ capture, credit, creditIsSource, debitIsSource, minor }: Flow) {
  const deduction = deductions[credit]
  if (!capture || creditIsSource || debitIsSource || deduction === undefined) return []
  return [['GROSS', minor] as const, [deduction, -minor] as const]
}

/** What staff has in its hands, the company has had; on its way to the safe it stays the company's. */
function cashParts({ debit, credit, minor }: Flow) {
  if (isCompanyMoney(debit) === isCompanyMoney(credit)) return []
  return [['CASH_HELD', isCompanyMoney(debit) ? -minor : minor] as const]
}

/** What a company is charged, by the account that it goes to. */
const deductions: Readonly<Partial<Record<AccountKind, StatementKind>>> = {
  PLATFORM_FEE: 'PLATFORM_FEE',
  PROVIDER_FEES: 'PROVIDER_FEE',
  TAX_PAYABLE: 'TAX',
  COMMISSION_EXPENSE: 'COMMISSION',
  AGENT_FLOAT: 'COMMISSION',
  DRIVER_WALLET: 'COMMISSION',
}

/** What a transfer means to the account that pays, by the account on its other side. */
function kindBy(source: SourceKind, other: AccountKind): StatementKind {
  if (other === 'PAYOUTS_PENDING') return 'EARLIER_PAYOUTS'
  if (other === 'REFUNDS_PENDING') return 'REFUNDS'
  if (other === 'PROVIDER_CLEARING' || isCompanyMoney(other)) return 'GROSS'
  if (source === 'TENANT_PAYABLE') return deductions[other] ?? 'ADJUSTMENTS'
  if (other === 'TAX_PAYABLE') return 'TAX'
  return other === 'TENANT_PAYABLE' || other === 'COMMISSION_EXPENSE' ? 'GROSS' : 'ADJUSTMENTS'
}
