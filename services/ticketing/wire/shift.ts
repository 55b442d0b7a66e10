import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { isNegative, type Money, moneyFromProto, moneyToProto, subtract } from '#kit'
import type { Money as WireMoney } from '#gen/google/type/money_pb.ts'
import {
  CashMovement_Kind,
  type CashMovementSchema,
  type CashTotalSchema,
  type DenominationCount,
  Deposit_Destination,
  type DepositSchema,
  Shift_State,
  type ShiftReportSchema,
  type ShiftSchema,
} from '#gen/tms/ticketing/v1/shift_pb.ts'
import { type CashTotal, type Denomination, expectedCash } from '../domain/shift.ts'
import { refuse } from '../errors.ts'
import type { Movement } from '../store/shift_cash.ts'
import type { Deposit, Shift } from '../store/shifts.ts'

/**
 * An amount of a request.
 *
 * @param currency what it must be in; undefined takes any that books are kept in
 * @throws {ConnectError} CASH_INVALID for less than nothing, for half a franc, and for another currency
 */
export function cashFromProto(wire: WireMoney | undefined, field: string, currency?: string): Money {
  const amount = readable(wire, field)
  if (isNegative(amount)) throw cashInvalid(field, 'is less than nothing')
  if (currency !== undefined && amount.currency !== currency) throw cashInvalid(field, `is not in ${currency}`)
  return amount
}

function readable(wire: WireMoney | undefined, field: string): Money {
  try {
    return moneyFromProto(wire ?? { currencyCode: '', units: 0n, nanos: 0 })
  } catch (err) {
    if (!(err instanceof RangeError)) throw err
    throw cashInvalid(field, err.message)
  }
}

/** The refusal of an amount. */
export function cashInvalid(field: string, description: string) {
  return refuse('CASH_INVALID', `${field} ${description}`, {}, { fields: [{ field, description }] })
}

/** Counted notes and coins of a request. */
export function denominationsFromProto(wire: readonly DenominationCount[]): Denomination[] {
  return wire.map(({ denomination, count }) => ({ value: cashFromProto(denomination, 'denomination'), count }))
}

/** A shift on the wire; its count is there once it is counted. */
export function shiftToProto(shift: Shift): MessageInitShape<typeof ShiftSchema> {
  return {
    shiftId: shift.shiftId,
    tenantId: shift.tenantId,
    agentUserId: shift.agentUserId,
    deviceId: shift.deviceId,
    stationId: shift.stationId,
    state: Shift_State[shift.state],
    float: moneyToProto(shift.float),
    openTime: timestampFromDate(shift.openTime),
    countTime: shift.countTime && timestampFromDate(shift.countTime),
    closeTime: shift.closeTime && timestampFromDate(shift.closeTime),
    cashCount: shift.count && {
      denominations: shift.count.denominations.map(({ value, count }) => ({
        denomination: moneyToProto(value),
        count,
      })),
      counted: moneyToProto(shift.count.counted),
      expected: moneyToProto(shift.count.expected),
      overShort: moneyToProto(subtract(shift.count.counted, shift.count.expected)),
    },
    zNumber: shift.zNumber,
    deposits: shift.deposits.map(depositToProto),
  }
}

/** A deposit on the wire. */
export function depositToProto(deposit: Deposit): MessageInitShape<typeof DepositSchema> {
  return {
    depositId: deposit.depositId,
    shiftId: deposit.shiftId,
    destination: Deposit_Destination[deposit.destination],
    amount: moneyToProto(deposit.amount),
    reference: deposit.reference,
    agentUserId: deposit.agentUserId,
    handOverTime: timestampFromDate(deposit.handOverTime),
    received: deposit.received && moneyToProto(deposit.received),
    confirmUserId: deposit.confirmUserId ?? '',
    confirmTime: deposit.confirmTime && timestampFromDate(deposit.confirmTime),
  }
}

/** A movement on the wire. */
export function movementToProto(movement: Movement): MessageInitShape<typeof CashMovementSchema> {
  return {
    movementId: movement.movementId,
    kind: CashMovement_Kind[movement.kind],
    amount: moneyToProto(movement.amount),
    subjectId: movement.subjectId,
    description: movement.description,
    receipt: movement.receipt,
    moveTime: timestampFromDate(movement.moveTime),
    correctedShiftId: movement.correctedShiftId ?? '',
  }
}

/** What a report is made of. */
export type ReportParts = {
  readonly shift: Shift
  readonly totals: readonly CashTotal[]
  readonly movements: readonly Movement[]
  readonly reportTime: Date
}

/** A report on the wire. */
export function reportToProto({
  shift,
  totals,
  movements,
  reportTime,
}: ReportParts): MessageInitShape<typeof ShiftReportSchema> {
  return {
    shift: shiftToProto(shift),
    totals: totals.map(totalToProto),
    expected: moneyToProto(expectedCash(shift.float, totals)),
    movements: movements.map(movementToProto),
    reportTime: timestampFromDate(reportTime),
  }
}

function totalToProto({ kind, count, amount }: CashTotal): MessageInitShape<typeof CashTotalSchema> {
  return { kind: CashMovement_Kind[kind], count, amount: moneyToProto(amount) }
}
