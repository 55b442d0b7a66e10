import type { Session } from './session.ts'
import type { Money } from './values/money.ts'

/** What a permission is to be used on; what is left out does not apply. */
export type Resource = {
  readonly ownerUserId?: string
  readonly stationId?: string
  readonly amount?: Money
}

/** Rules as a token carries them: `own`, `stations` parted by spaces, `max_amount` such as `50000 RWF` in minor units. */
export type ConditionClaims = Readonly<Record<string, string>>

/** A rule that stands against the use of a permission; `unknown` is one that this release has not heard of. */
export type BrokenRule = 'own' | 'stations' | 'max_amount' | 'unknown'

const rules: Readonly<Record<string, (rule: string, userId: string, resource: Resource) => boolean>> = {
  own: (_rule, userId, { ownerUserId }) => ownerUserId === userId,
  stations: (rule, _userId, { stationId }) => stationId !== undefined && rule.split(' ').includes(stationId),
  max_amount: (rule, _userId, { amount }) => amount === undefined || isWithin(amount, rule),
}

/**
 * The first rule of a condition that is not met; undefined when all are.
 *
 * What is not known counts against the user: a rule about stations refuses where no station is named, and a rule that
 * nobody here knows refuses always.
 */
export function brokenRule(condition: ConditionClaims, userId: string, resource: Resource): BrokenRule | undefined {
  const names = Object.keys(condition)
  if (names.some((name) => !Object.hasOwn(rules, name))) return 'unknown'
  const broken = names.find((name) => rules[name]?.(condition[name] ?? '', userId, resource) !== true)
  return broken as BrokenRule | undefined
}

/**
 * Whether a session may use a permission on one thing: granted outright, or under a condition that is met.
 *
 * A permission that a policy names must be granted outright; handlers ask this where an amount, a station or an owner
 * decides.
 */
export function mayOn(session: Session, permission: string, resource: Resource): boolean {
  if (session.can(permission)) return true
  const condition = session.conditions[permission]
  return condition !== undefined && brokenRule(condition, session.userId, resource) === undefined
}

/** Another currency cannot be compared. */
function isWithin(amount: Money, limit: string): boolean {
  const [, minor = '', currency] = /^(\d{1,18}) ([A-Z]{3})$/.exec(limit) ?? []
  return amount.currency === currency && amount.minor <= BigInt(minor)
}
