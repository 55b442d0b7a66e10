import { isPositive, type Money, money, multiply } from '#kit'
import type { CommissionBack, Share } from './books.ts'

/** What an agent has had of one payment, and has given back of it. */
export type Commission = {
  readonly agentUserId: string
  readonly bearer: Share['bearer']
  readonly earnedMinor: bigint
  readonly takenBackMinor: bigint
}

/** A payment that is paid back, in parts perhaps; amounts of one currency. */
export type PaidBack = {
  readonly paid: Money
  /** Everything that goes back, this refund included. */
  readonly back: Money
}

/**
 * What agents give back when a part of a payment is paid back: by what they have had, whatever the rules say today. Each
 * refund takes what is due for all of them less what was taken before, so that parts add up to the whole, to the franc.
 */
export function commissionBack({ paid, back }: PaidBack, commissions: readonly Commission[]): CommissionBack[] {
  return commissions
    .map(({ agentUserId, bearer, earnedMinor, takenBackMinor }) => {
      const due = multiply(money(paid.currency, earnedMinor), back.minor, paid.minor, 'half-up')
      const agent = { kind: 'AGENT_FLOAT' as const, holder: agentUserId }
      return { agent, bearer, amount: money(paid.currency, due.minor - takenBackMinor) }
    })
    .filter(({ amount }) => isPositive(amount))
}
