import { currentCall, detachedCall, runInCall } from '../call.ts'
import type { Logger } from '../telemetry/log.ts'

/** Work that a transaction leaves to be done after its commit. */
export type AfterCommit = () => void | Promise<void>

/** Work that nobody waits for, except those who shut down. It outlives its call: deadline and cancellation end there. */
export function backgroundWork(log: Logger) {
  const running = new Set<Promise<void>>()
  return {
    run: (work: AfterCommit) => {
      const { correlationId, traceparent } = currentCall()
      const done = runInCall(detachedCall(correlationId, traceparent), async () => work())
        .catch((err: unknown) => log.warn({ err }, 'work after a commit failed; a job will find it'))
        .finally(() => running.delete(done))
      running.add(done)
    },
    idle: async () => {
      while (running.size > 0) await Promise.all(running)
    },
  }
}
