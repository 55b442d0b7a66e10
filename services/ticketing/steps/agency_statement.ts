import { create } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import {
  add,
  addDays,
  daysBetween,
  isCurrency,
  isServiceDate,
  type Money,
  moneyFromProto,
  moneyToProto,
  negate,
  serviceInstant,
  type Session,
  subtract,
  sum,
  type Tx,
  zero,
} from '#kit'
import type { Money as WireMoney } from '#gen/google/type/money_pb.ts'
import { type AgencyStatement, AgencyStatementSchema } from '#gen/tms/ticketing/v1/shift_pb.ts'
import type { Ctx } from '../context.ts'
import type { MovementKind } from '../domain/shift.ts'
import { refuse } from '../errors.ts'
import { companyZone, countedShifts, type Shift } from '../store/shifts.ts'
import { cashInvalid } from '../wire/shift.ts'

/** Whose statement, of which days. */
export type StatementOrder = {
  readonly agentUserId: string
  readonly firstDate: string
  readonly lastDate: string
  readonly currencyCode: string
}

const MOST_DAYS = 366
/** Before the first trip of a company nothing was sold: any zone does. */
const ANY_ZONE = 'Africa/Kigali'

/**
 * What an agent has sold in some days of the company's calendar, by his counted shifts, and what the books say that he has
 * earned and was paid in that time.
 *
 * @throws {ConnectError} DATE_INVALID, CASH_INVALID
 */
export async function agencyStatement(ctx: Ctx, session: Session, order: StatementOrder): Promise<AgencyStatement> {
  const { tenantId = '' } = session
  const { agentUserId, currencyCode, firstDate, lastDate } = order
  assertDays(order)
  if (!isCurrency(currencyCode)) throw cashInvalid('currency_code', 'is no currency that books are kept in')
  const { period, shifts } = await ctx.db.transaction(async (tx) => {
    const asked = await periodOf(tx, tenantId, order)
    return { period: asked, shifts: await countedShifts(tx, { agentUserId, currency: currencyCode }, asked) }
  })
  const account = await ctx.peers.till.getAgentAccount({
    tenantId,
    agentUserId,
    currencyCode,
    startTime: timestampFromDate(period.start),
    endTime: timestampFromDate(period.end),
  })
  return create(AgencyStatementSchema, {
    tenantId,
    agentUserId,
    firstDate,
    lastDate,
    ...soldIn(shifts, currencyCode),
    broughtForward: account.broughtForward,
    commission: account.commission,
    paid: account.paid,
    adjustments: account.adjustments,
    takenBack: account.takenBack,
    cashlessSales: account.cashlessSales,
    cashlessSaleCount: account.cashlessSaleCount,
    due: moneyToProto(dueOf(currencyCode, account)),
  })
}

function assertDays({ firstDate, lastDate }: StatementOrder): void {
  for (const date of [firstDate, lastDate]) {
    if (!isServiceDate(date)) throw refuse('DATE_INVALID', `there is no day ${date}`, { service_date: date })
  }
  const days = daysBetween(firstDate, lastDate)
  if (days >= 0 && days < MOST_DAYS) return
  throw refuse('DATE_INVALID', `a statement has from 1 to ${MOST_DAYS} days`, { service_date: lastDate })
}

async function periodOf(tx: Tx, tenantId: string, { firstDate, lastDate }: StatementOrder) {
  const zone = (await companyZone(tx, tenantId)) ?? ANY_ZONE
  return { start: serviceInstant(firstDate, 0, zone), end: serviceInstant(addDays(lastDate, 1), 0, zone) }
}

function soldIn(shifts: readonly Shift[], currency: string) {
  const all = (amounts: readonly Money[]) => moneyToProto(sum(currency, amounts))
  return {
    shifts: shifts.map((shift) => ({
      shiftId: shift.shiftId,
      zNumber: shift.zNumber,
      countTime: shift.countTime && timestampFromDate(shift.countTime),
      sales: moneyToProto(salesOf(shift)),
      refunds: moneyToProto(movedBy(shift, 'REFUND')),
      expenses: moneyToProto(movedBy(shift, 'EXPENSE')),
      overShort: moneyToProto(overShortOf(shift)),
    })),
    sales: all(shifts.map(salesOf)),
    saleCount: shifts.flatMap(({ count }) => count?.totals ?? []).reduce((n, one) => n + soldBy(one), 0),
    refunds: all(shifts.map((shift) => movedBy(shift, 'REFUND'))),
    overShort: all(shifts.map(overShortOf)),
  }
}

function soldBy({ kind, count }: { readonly kind: MovementKind; readonly count: number }): number {
  return kind === 'SALE' ? count : 0
}

function salesOf(shift: Shift): Money {
  return add(movedBy(shift, 'SALE'), movedBy(shift, 'CORRECTION'))
}

function movedBy({ count, float }: Shift, kind: MovementKind): Money {
  return count?.totals.find((total) => total.kind === kind)?.amount ?? zero(float.currency)
}

function overShortOf({ count, float }: Shift): Money {
  return count ? subtract(count.counted, count.expected) : zero(float.currency)
}

type Account = {
  readonly broughtForward?: WireMoney | undefined
  readonly commission?: WireMoney | undefined
  readonly paid?: WireMoney | undefined
  readonly adjustments?: WireMoney | undefined
  readonly takenBack?: WireMoney | undefined
}

function dueOf(currency: string, account: Account): Money {
  const amount = (wire: WireMoney | undefined) => (wire ? moneyFromProto(wire) : zero(currency))
  const { broughtForward, commission, takenBack, paid, adjustments } = account
  const given = [broughtForward, commission, adjustments].map(amount)
  return sum(currency, [...given, ...[takenBack, paid].map((wire) => negate(amount(wire)))])
}
