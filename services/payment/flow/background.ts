import { currentCall, detachedCall, runInCall } from '#kit'
import { type Ctx, perContext } from '../context.ts'

const runningOf = perContext(() => new Set<Promise<void>>())

/**
 * Starts work that outlives the call which caused it, in a call of its own: the caller has its answer, or is gone.
 *
 * What fails here is logged and left to the jobs: everything that must happen is written down before.
 */
export function inBackground(ctx: Ctx, what: string, work: () => Promise<void>): void {
  const { correlationId, traceparent } = currentCall()
  const run = runInCall(detachedCall(correlationId, traceparent), work)
    .catch((err: unknown) => ctx.log.error({ err, what }, 'background work failed; a job takes it up again'))
    .finally(() => running.delete(run))
  const running = runningOf(ctx)
  running.add(run)
}

/** Resolves when all background work is done, also what it starts. */
export async function backgroundDone(ctx: Ctx): Promise<void> {
  const running = runningOf(ctx)
  while (running.size > 0) await Promise.all(running)
}

/** Runs `work` on every item, at most `width` at a time. One that fails is logged and does not stop the others. */
export async function eachOf<T>(
  ctx: Ctx,
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values()
  const lane = async () => {
    for (const item of queue) {
      await work(item).catch((err: unknown) => ctx.log.error({ err }, 'one of many failed and will be tried again'))
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane))
}
