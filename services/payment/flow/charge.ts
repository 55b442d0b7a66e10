import { money } from '#kit'
import type { Charge } from '../providers/provider.ts'
import type { AttemptRow } from '../store/schema.ts'

/** An attempt as its provider needs to know it. */
export function chargeOf(attempt: AttemptRow): Charge {
  return {
    attemptId: attempt.attemptId,
    amount: money(attempt.currency, attempt.amountMinor),
    phone: attempt.phone,
    reference: attempt.orderReference,
    description: attempt.description,
    createTime: attempt.createTime,
  }
}
