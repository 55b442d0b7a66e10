import { equals } from '@bufbuild/protobuf'
import {
  type PaymentIntent,
  PaymentIntent_State as State,
  PaymentIntentSchema,
} from '#gen/tms/payment/v1/payment_intent_pb.ts'
import type { Ctx } from '../context.ts'
import { loadIntent, watchersOf } from './changes.ts'

/** Should a notice be lost with Redis, the database is looked at after this long. */
const LOOK_AGAIN_MS = 15_000

const final: ReadonlySet<State> = new Set([State.SUCCEEDED, State.EXPIRED, State.CANCELLED])

/**
 * An intent at every change, the present one first, until it ends or the caller leaves. A slow reader gets the newest.
 *
 * @param present reads where it stands now; what it throws ends the watch
 */
export async function* followIntent(
  ctx: Ctx,
  paymentIntentId: string,
  present: () => Promise<PaymentIntent>,
  signal: AbortSignal,
): AsyncGenerator<PaymentIntent> {
  const mailbox = newest<PaymentIntent>()
  const stop = await watchersOf(ctx).watch(paymentIntentId, mailbox.put)
  signal.addEventListener('abort', mailbox.wake)
  try {
    let last: PaymentIntent | undefined
    // Read after the watch has begun, so that no change falls between the two.
    let next: PaymentIntent | undefined = await present()
    while (!signal.aborted) {
      if (next && isNewer(next, last)) {
        yield next
        last = next
        if (final.has(next.state)) return
      }
      next =
        (await mailbox.take(LOOK_AGAIN_MS)) ?? (signal.aborted ? undefined : await loadIntent(ctx, paymentIntentId))
    }
  } finally {
    signal.removeEventListener('abort', mailbox.wake)
    stop()
  }
}

/** Whether one says more than the other: attempts change without a new revision. */
function isNewer(next: PaymentIntent, last: PaymentIntent | undefined): boolean {
  if (!last || next.revision > last.revision) return true
  return next.revision === last.revision && !equals(PaymentIntentSchema, next, last)
}

/** Holds the newest of what was put, for one taker. */
function newest<T>() {
  let held: T | undefined
  let ring: () => void = () => undefined
  const wake = () => ring()
  return {
    put: (item: T) => {
      held = item
      wake()
    },
    wake,
    /** What was put last, at once or when it comes; undefined after `waitMs`, or when woken without anything. */
    take: async (waitMs: number): Promise<T | undefined> => {
      if (held === undefined) {
        const { promise, resolve } = Promise.withResolvers<void>()
        const timer = setTimeout(resolve, waitMs)
        ring = resolve
        await promise
        clearTimeout(timer)
      }
      const item = held
      held = undefined
      return item
    },
  }
}
