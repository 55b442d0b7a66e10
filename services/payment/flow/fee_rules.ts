import type { Tx } from '#kit'
import { type Ctx, perContext } from '../context.ts'
import type { Share } from '../domain/books.ts'
import { type FeeRule, type Sale, sharesOf } from '../domain/fees.ts'
import { rulesFrom } from '../store/fee_rules.ts'

/** For how long rules are remembered: by then every process applies what another was told. */
const REMEMBERED_MS = 5_000

type Known = { rules: readonly FeeRule[]; readTime: Date | undefined }
const knownOf = perContext((): Known => ({ rules: [], readTime: undefined }))

/** Who gets what of a payment. Asks the database for the rules at most every few seconds, never for each sale. */
export async function sharesNow(ctx: Ctx, tx: Tx, sale: Sale): Promise<Share[]> {
  const known = knownOf(ctx)
  const now = ctx.clock.now()
  if (known.readTime === undefined || now.getTime() - known.readTime.getTime() >= REMEMBERED_MS) {
    known.rules = await rulesFrom(tx, now)
    known.readTime = now
  }
  return sharesOf(sale, known.rules, { basisPoints: ctx.settings.feeBasisPoints })
}

/** Has the rules read anew by the next payment of this process. */
export function forgetFeeRules(ctx: Ctx): void {
  knownOf(ctx).readTime = undefined
}
