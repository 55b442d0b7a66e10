import { isPositive, money, type Money, type Tx } from '#kit'
import type { Ctx } from '../../context.ts'
import { capDayOf } from '../../domain/payout_time.ts'
import { dueOf, type EarlierStatement, statementOf, type Totals, totalsOf } from '../../domain/statement.ts'
import { refuse } from '../../errors.ts'
import { newCallbackToken } from '../../providers/index.ts'
import { flowsOf, latestStatement, lockPayoutsOf, type Source } from '../../store/dues.ts'
import type { PayeeAccountRow, PayeeRow, PayoutItemRow, PayoutRow } from '../../store/payout_schema.ts'
import { insertPayout } from '../../store/payouts.ts'
import { countPayout } from './caps.ts'
import { bookPromise } from './entries.ts'
import { railOf, refuseUnsuitablePayout } from './rail.ts'

/** What somebody asks to be paid out. */
export type PayoutWish = {
  readonly payoutId: string
  readonly payee: PayeeRow
  readonly account: PayeeAccountRow
  readonly currency: string
  /** Undefined for everything that is due. */
  readonly amount: Money | undefined
  readonly remark: string
  readonly makerUserId: string
}

/** What is due to a payee, and what the statement of it continues. */
export type Due = { readonly totals: Totals; readonly earlier: EarlierStatement | undefined; readonly minor: bigint }

/** The account of the books that pays a payee. */
export function sourceOf(payee: PayeeRow, currency: string): Source {
  const kinds = { COMPANY: 'TENANT_PAYABLE', AGENT: 'AGENT_FLOAT', DRIVER: 'DRIVER_WALLET' } as const
  return { tenantId: payee.tenantId, kind: kinds[payee.kind], holder: payee.holderId, currency }
}

/** Reads what is due from an account now. */
export async function dueFrom(tx: Tx, source: Source): Promise<Due> {
  const totals = totalsOf(source.kind, await flowsOf(tx, source))
  return { totals, earlier: await latestStatement(tx, source), minor: dueOf(totals) }
}

/**
 * Writes a payout down with its statement, sets its amount aside and counts it against the day's limits; another person
 * approves it.
 *
 * Fails on `payout_pkey` when the id was used before, and on `payout_within_due`.
 *
 * @throws {ConnectError} when nothing is due, the provider cannot send it, or a limit would be passed
 */
export async function promisePayout(
  ctx: Ctx,
  tx: Tx,
  wish: PayoutWish,
): Promise<{ payout: PayoutRow; items: PayoutItemRow[] }> {
  const source = sourceOf(wish.payee, wish.currency)
  await lockPayoutsOf(tx, source)
  const due = await dueFrom(tx, source)
  const amount = wish.amount ?? sendable(ctx, wish, money(wish.currency, due.minor))
  if (!isPositive(amount) || amount.minor > due.minor) throw exceedsDue(wish)
  refuseUnsuitablePayout(ctx, wish.account, amount)
  const payout = payoutOf(ctx, wish, source, due, amount)
  const items = itemsOf(payout, due)
  await countPayout(ctx, tx, payout.tenantId, payout.capDay, amount)
  await insertPayout(tx, payout, items)
  await bookPromise(ctx, tx, payout)
  tx.afterCommit(() => ctx.happened('payout-promised', { provider: payout.provider, payoutId: payout.payoutId }))
  return { payout, items }
}

/** What the payee's provider can send of everything due. */
function sendable(ctx: Ctx, { account }: PayoutWish, due: Money): Money {
  return railOf(ctx, account)?.largestWithin?.(due) ?? due
}

/** As the database refuses it too, by `payout_within_due`. */
export function exceedsDue({ payoutId }: { readonly payoutId: string }) {
  return refuse('PAYOUT_EXCEEDS_DUE', 'that is more than is due', { payout_id: payoutId })
}

function itemsOf(payout: PayoutRow, due: Due): PayoutItemRow[] {
  const { payoutId, tenantId } = payout
  return statementOf(due.totals, due.earlier, payout.amountMinor).map(({ kind, minor, totalMinor }, line) => {
    return { payoutId, line, tenantId, kind, amountMinor: minor, totalMinor }
  })
}

function payoutOf(ctx: Ctx, wish: PayoutWish, source: Source, due: Due, amount: Money): PayoutRow {
  const now = ctx.clock.now()
  return {
    payoutId: wish.payoutId,
    tenantId: source.tenantId,
    payeeId: wish.payee.payeeId,
    accountId: wish.account.accountId,
    provider: wish.account.provider,
    account: wish.account.account,
    sourceKind: source.kind,
    sourceHolder: source.holder,
    currency: amount.currency,
    amountMinor: amount.minor,
    dueMinor: due.minor,
    remark: wish.remark,
    state: 'AWAITING_APPROVAL',
    makerUserId: wish.makerUserId,
    checkerUserId: null,
    capDay: capDayOf(now),
    callbackToken: newCallbackToken(),
    ...untouched,
    cause: 'payout asked for',
    createTime: now,
    updateTime: now,
  }
}

const untouched = {
  requestReference: null,
  inquiryReference: null,
  receipt: null,
  failureCode: null,
  maybeTaken: false,
  sendCount: 0,
  queryCount: 0,
  nextActionTime: null,
  settleTime: null,
} as const
