import { providerAmountOf } from '../domain/amounts.ts'
import type { Charge } from '../providers/provider.ts'
import type { AttemptRow } from '../store/schema.ts'

/** An attempt as its provider needs to know it. */
export function chargeOf(attempt: AttemptRow): Charge {
  return {
    attemptId: attempt.attemptId,
    amount: providerAmountOf(attempt),
    phone: attempt.phone,
    reference: attempt.orderReference,
    description: attempt.description,
    createTime: attempt.createTime,
  }
}
