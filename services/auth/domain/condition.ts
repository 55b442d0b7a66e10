import type { Money } from '#kit'

/** Circumstances under which a permission holds; every rule that is set must be met. */
export type Condition = {
  readonly ownOnly?: boolean
  /** Empty or unset: everywhere. */
  readonly stationIds?: readonly string[]
  /** Up to and including this amount, in this currency only. */
  readonly maxAmount?: Money
}

/** What a permission is to be used on. */
export type Resource = {
  readonly ownerUserId?: string
  readonly stationId?: string
  readonly amount?: Money
}

/** Yes, or the first rule that stands against it. */
export type Decision = 'ALLOWED' | 'NOT_OWNER' | 'OTHER_STATION' | 'AMOUNT_TOO_HIGH'

/**
 * Decides whether a condition is met. What is not known counts against the user: a rule about stations refuses where
 * no station is named.
 */
export function decide(condition: Condition, userId: string, resource: Resource): Decision {
  if (condition.ownOnly === true && resource.ownerUserId !== userId) return 'NOT_OWNER'
  if (condition.stationIds?.length && !condition.stationIds.includes(resource.stationId ?? '')) return 'OTHER_STATION'
  if (condition.maxAmount && !isWithin(resource.amount, condition.maxAmount)) return 'AMOUNT_TOO_HIGH'
  return 'ALLOWED'
}

/** Whether a condition rules out nothing, so that it need not be kept. */
export function isEmpty(condition: Condition): boolean {
  return condition.ownOnly !== true && !condition.stationIds?.length && !condition.maxAmount
}

/** A condition as a token carries it: texts only, so that whoever reads the token needs no types of ours. */
export function conditionClaims(condition: Condition): Record<string, string> {
  const { ownOnly, stationIds, maxAmount } = condition
  return {
    ...(ownOnly === true && { own: 'true' }),
    ...(stationIds?.length && { stations: stationIds.join(' ') }),
    ...(maxAmount && { max_amount: `${maxAmount.minor} ${maxAmount.currency}` }),
  }
}

/** Nothing moves no money; another currency cannot be compared. */
function isWithin(amount: Money | undefined, limit: Money): boolean {
  if (!amount) return true
  return amount.currency === limit.currency && amount.minor <= limit.minor
}
