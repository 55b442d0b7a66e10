import { brokenRule, type BrokenRule, type Money, type Resource } from '#kit'

/** Circumstances under which a permission holds; every rule that is set must be met. */
export type Condition = {
  readonly ownOnly?: boolean
  /** Empty or unset: everywhere. */
  readonly stationIds?: readonly string[]
  /** Up to and including this amount, in this currency only. */
  readonly maxAmount?: Money
}

/** Yes, or the first rule that stands against it. */
export type Decision = 'ALLOWED' | 'NOT_OWNER' | 'OTHER_STATION' | 'AMOUNT_TOO_HIGH' | 'NOT_GRANTED'

const decisions: Readonly<Record<BrokenRule, Decision>> = {
  own: 'NOT_OWNER',
  stations: 'OTHER_STATION',
  max_amount: 'AMOUNT_TOO_HIGH',
  unknown: 'NOT_GRANTED',
}

/** Decides as every service does that reads the condition from a token. */
export function decide(condition: Condition, userId: string, resource: Resource): Decision {
  const broken = brokenRule(conditionClaims(condition), userId, resource)
  return broken ? decisions[broken] : 'ALLOWED'
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
