import { isConstraint, type Money, type Tx } from '#kit'
import { type Ctx, perContext } from '../../context.ts'
import { type Limits, limitsOf } from '../../domain/limits.ts'
import { refuse } from '../../errors.ts'
import { countAgainstCap } from '../../store/dues.ts'

/** The holder of the limits that bind all companies together. */
export const PLATFORM = 'platform'

/** The daily limits of the settings. @throws {RangeError} when they cannot be read */
export const payoutCaps = perContext(({ settings }) => ({
  tenant: limitsOf(settings.payoutTenantCaps),
  platform: limitsOf(settings.payoutPlatformCaps),
}))

/**
 * Counts a payout against the day's limits of its company and of the platform: in rows that a check constraint binds, so
 * that no race passes them.
 *
 * @throws {ConnectError} RESOURCE_EXHAUSTED / PAYOUT_CAP_REACHED
 */
export async function countPayout(ctx: Ctx, tx: Tx, tenantId: string, day: string, amount: Money): Promise<void> {
  const caps = payoutCaps(ctx)
  await count(tx, day, { holder: tenantId, scope: 'company', caps: caps.tenant }, amount)
  // The platform's row last: every payout of the day waits for it, and for no longer than the commit takes.
  await count(tx, day, { holder: PLATFORM, scope: PLATFORM, caps: caps.platform }, amount)
}

type Cap = { readonly holder: string; readonly scope: string; readonly caps: Limits }

async function count(tx: Tx, day: string, { holder, scope, caps }: Cap, amount: Money): Promise<void> {
  const reached = () => refuse('PAYOUT_CAP_REACHED', `the day's limit of the ${scope} would be passed`, { scope, day })
  const cap = caps.get(amount.currency)
  if (!cap) throw reached()
  try {
    await countAgainstCap(tx, day, holder, amount, cap)
  } catch (err) {
    throw isConstraint(err, 'payout_day_within_cap') ? reached() : err
  }
}
