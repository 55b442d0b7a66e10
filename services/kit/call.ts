import { AsyncLocalStorage } from 'node:async_hooks'
import { anonymous, type Session } from './session.ts'
import { Scope } from '#gen/tms/access/v1/access_pb.ts'

/** What a call carries through all that it causes: deadline, identity, correlation. */
export type CallState = {
  readonly correlationId: string
  readonly traceparent: string
  readonly session: Session
  /** The method's policy scope: whose rows its transactions see. */
  readonly scope: Scope
  /** The user's own token, passed on to peers. */
  readonly userToken: string | undefined
  /** Process time (`performance.now()`) at which the call must be over. */
  readonly deadline: number
  readonly signal: AbortSignal | undefined
  /** True while a database transaction is open: peers may not be called then. */
  readonly inTransaction: boolean
}

const storage = new AsyncLocalStorage<CallState>()

/** Longest time that anything a call causes may take, when the caller gave no deadline. */
export const DEFAULT_TIMEOUT_MS = 30_000

/** The call that the running code belongs to; a state of its own for jobs and start-up. */
export function currentCall(): CallState {
  return storage.getStore() ?? detachedCall('')
}

/** A state for work that no call caused: acts as the service itself. */
export function detachedCall(correlationId: string, traceparent = ''): CallState {
  return {
    correlationId,
    traceparent,
    session: anonymous,
    scope: Scope.PLATFORM,
    userToken: undefined,
    deadline: performance.now() + DEFAULT_TIMEOUT_MS,
    signal: undefined,
    inTransaction: false,
  }
}

/** Runs `work` as part of a call. */
export function runInCall<T>(state: CallState, work: () => T): T {
  return storage.run(state, work)
}

/** As {@link runInCall} for an async iterable: every pull runs as part of the call. */
export async function* iterateInCall<T>(state: CallState, items: AsyncIterable<T>): AsyncIterable<T> {
  const iterator = storage.run(state, () => items[Symbol.asyncIterator]())
  try {
    for (;;) {
      const step = await storage.run(state, () => iterator.next())
      if (step.done === true) return
      yield step.value
    }
  } finally {
    await storage.run(state, () => iterator.return?.())
  }
}

/** Time left until the deadline of the running call, never below 1 ms. */
export function remainingMs(state: CallState): number {
  return Math.max(1, Math.floor(state.deadline - performance.now()))
}
