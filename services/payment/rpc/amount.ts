import type { Money as WireMoney } from '#gen/google/type/money_pb.ts'
import { isPositive, moneyFromProto, refuseCall, type Money } from '#kit'

/** A required amount of a request. @throws {ConnectError} INVALID_ARGUMENT / REQUEST_INVALID unless it is more than zero */
export function amountOf(wire: WireMoney | undefined): Money {
  const amount = readAmount(wire)
  if (!isPositive(amount)) throw invalid('must be more than zero')
  return amount
}

function readAmount(wire: WireMoney | undefined): Money {
  try {
    if (wire) return moneyFromProto(wire)
  } catch (err) {
    if (err instanceof RangeError) throw invalid(err.message)
    throw err
  }
  throw invalid('is required')
}

function invalid(description: string) {
  return refuseCall('REQUEST_INVALID', `amount ${description}`, {}, { fields: [{ field: 'amount', description }] })
}
