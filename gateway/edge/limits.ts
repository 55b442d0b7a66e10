import { RateClass } from '#gen/tms/access/v1/access_pb.ts'
import type { Route } from '../contract.ts'
import { limitScope } from './address.ts'
import type { BucketSize } from './bucket.ts'
import type { Limiter, Verdict } from './leases.ts'
import { policyOf, refuseCall, type Session } from '#kit'

/** The figures of the limits. */
export type Budgets = {
  readonly readsPerMinute: number
  readonly writesPerMinute: number
  readonly credentialsPerMinute: number
  readonly moneyPerMinute: number
  readonly othersPerMinute: number
  /** How many seconds' worth of a budget may be used at once. */
  readonly burstSeconds: number
  /** How many times a user's budget an address has: behind one address of a mobile network are many people. */
  readonly addressFactor: number
}

/** What a call was counted as. */
export type Counted = { readonly limit: number; readonly left: number }

/**
 * Counts a call against the budgets of its user and its address.
 *
 * @throws {ConnectError} RESOURCE_EXHAUSTED / RATE_LIMITED with `RetryInfo`.
 */
export type CountCall = (route: Route, session: Session, address: string) => Promise<Counted> | Counted | undefined

type Budget = { readonly name: string; readonly user: BucketSize; readonly address: BucketSize }

/** Limits by the class that the contract gives each method: a class has one budget, whichever of its methods is called. */
export function callCounter(budgets: Budgets, limiter: Limiter): CountCall {
  const budgetOf = budgetsByClass(budgets)
  return (route, session, address) => {
    const budget = budgetOf(policyOf(route.method).policy.rateClass)
    const whole = limiter(`address:${limitScope(address)}:${budget.name}`, budget.address)
    if (session.userId === '') return counted(whole, budget, budget.address)
    return countedTwice(whole, limiter(`user:${session.userId}:${budget.name}`, budget.user), budget)
  }
}

function counted(verdict: Verdict | Promise<Verdict>, budget: Budget, size: BucketSize): Counted | Promise<Counted> {
  if (verdict instanceof Promise) return verdict.then((settled) => judged(settled, budget, size))
  return judged(verdict, budget, size)
}

async function countedTwice(
  address: Verdict | Promise<Verdict>,
  user: Verdict | Promise<Verdict>,
  budget: Budget,
): Promise<Counted> {
  judged(await address, budget, budget.address)
  return judged(await user, budget, budget.user)
}

function judged({ allowed, left, waitMs }: Verdict, budget: Budget, size: BucketSize): Counted {
  if (allowed) return { limit: size.burst, left }
  const facts = { class: budget.name, limit: size.burst.toString() }
  throw refuseCall('RATE_LIMITED', `too many calls; try again in ${waitMs} ms`, facts, { retryAfterMs: waitMs })
}

function budgetsByClass(budgets: Budgets): (rateClass: RateClass) => Budget {
  const budget = (name: string, perMinute: number): Budget => ({
    name,
    user: bucketSize(perMinute, budgets.burstSeconds),
    address: bucketSize(perMinute * budgets.addressFactor, budgets.burstSeconds),
  })
  const ordinary = budget('other', budgets.othersPerMinute)
  const classes = new Map<RateClass, Budget>([
    [RateClass.READ, budget('read', budgets.readsPerMinute)],
    [RateClass.WRITE, budget('write', budgets.writesPerMinute)],
    [RateClass.CREDENTIAL, budget('credential', budgets.credentialsPerMinute)],
    [RateClass.MONEY, budget('money', budgets.moneyPerMinute)],
  ])
  return (rateClass) => classes.get(rateClass) ?? ordinary
}

function bucketSize(perMinute: number, burstSeconds: number): BucketSize {
  const perSecond = perMinute / 60
  return { perSecond, burst: Math.max(1, Math.floor(perSecond * burstSeconds)) }
}
