import { type Money, parseMoney, UserError } from '#kit'
import type { Ctx } from '../context.ts'

/**
 * Above which amount an expense needs a receipt; undefined for a currency without such a limit.
 *
 * @throws {UserError} when the setting cannot be read
 */
export function receiptLimit(ctx: Ctx, currency: string): Money | undefined {
  const amount = ctx.settings.receiptLimits.map((one) => one.split(':')).find(([code]) => code === currency)?.[1]
  if (amount === undefined) return undefined
  try {
    return parseMoney(currency, amount)
  } catch {
    throw new UserError(`TICKETING_RECEIPT_LIMITS has "${currency}:${amount}"; write RWF:5000, in whole units`)
  }
}
