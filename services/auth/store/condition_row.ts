import { money } from '#kit'
import type { Condition } from '../domain/condition.ts'
import type { StoredCondition } from './schema.ts'

/** A condition as JSON keeps it; the amount as text, because JSON has no whole numbers beyond 2^53. */
export function conditionToRow({ maxAmount, ...rest }: Condition): StoredCondition {
  return { ...rest, ...(maxAmount && { maxAmount: { currency: maxAmount.currency, minor: String(maxAmount.minor) } }) }
}

/** As {@link conditionToRow}, the other way round. */
export function conditionFromRow({ maxAmount, ...rest }: StoredCondition): Condition {
  return { ...rest, ...(maxAmount && { maxAmount: money(maxAmount.currency, BigInt(maxAmount.minor)) }) }
}
