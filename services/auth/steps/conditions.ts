import type { MessageInitShape } from '@bufbuild/protobuf'
import { type Money, moneyFromProto, moneyToProto, refuseCall } from '#kit'
import type { Money as WireMoney } from '#gen/google/type/money_pb.ts'
import type { GrantCondition, GrantConditionSchema } from '#gen/tms/auth/v1/grant_pb.ts'
import { type Condition, isEmpty } from '../domain/condition.ts'

/** A condition from a request; undefined when it rules out nothing. */
export function conditionFromProto(wire: GrantCondition | undefined): Condition | undefined {
  if (!wire) return undefined
  const condition = {
    ...(wire.ownOnly && { ownOnly: true }),
    ...(wire.stationIds.length > 0 && { stationIds: wire.stationIds }),
    ...(wire.maxAmount && { maxAmount: amountFrom(wire.maxAmount, 'condition.max_amount') }),
  }
  return isEmpty(condition) ? undefined : condition
}

/** A condition as the wire has it. */
export function conditionToProto(condition: Condition): MessageInitShape<typeof GrantConditionSchema> {
  const { ownOnly = false, stationIds = [], maxAmount } = condition
  return { ownOnly, stationIds: [...stationIds], ...(maxAmount && { maxAmount: moneyToProto(maxAmount) }) }
}

/**
 * An amount from a request.
 *
 * @throws {ConnectError} INVALID_ARGUMENT / REQUEST_INVALID for an unknown currency, or an amount finer than it allows
 */
export function amountFrom(wire: WireMoney, field: string): Money {
  try {
    return moneyFromProto(wire)
  } catch (err) {
    if (!(err instanceof RangeError)) throw err
    throw refuseCall('REQUEST_INVALID', err.message, {}, { fields: [{ field, description: err.message }] })
  }
}
