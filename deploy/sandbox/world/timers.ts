/** Every wait of the sandbox, so that `stop()` can end them all and the process can leave by itself. */
export type Timers = {
  /** Runs `action` after `delayMs`; at the next turn of the event loop when that is 0. Returns what cancels it. */
  after(delayMs: number, action: () => void): () => void
  /** A wait; when the timers stop it never ends, so that nothing is sent after that. */
  sleep(delayMs: number): Promise<void>
  /** Forgets everything that waits. */
  clear(): void
  /** Forgets everything that waits or ever would. */
  stop(): void
}

export function startTimers(): Timers {
  const cancels = new Set<() => void>()
  let stopped = false

  const after = (delayMs: number, action: () => void): (() => void) => {
    if (stopped) return () => undefined
    const run = () => {
      cancels.delete(cancel)
      action()
    }
    // setTimeout(0) costs a millisecond, which a benchmark of hundreds of payments per second would see.
    const cancelWait = delayMs <= 0 ? immediately(run) : later(delayMs, run)
    const cancel = () => {
      cancelWait()
      cancels.delete(cancel)
    }
    cancels.add(cancel)
    return cancel
  }

  const clear = () => {
    for (const cancel of cancels) cancel()
  }

  return {
    after,
    sleep: (delayMs) => new Promise((resolve) => void after(delayMs, resolve)),
    clear,
    stop: () => {
      stopped = true
      clear()
    },
  }
}

function immediately(run: () => void): () => void {
  const handle = setImmediate(run)
  return () => clearImmediate(handle)
}

function later(delayMs: number, run: () => void): () => void {
  const handle = setTimeout(run, delayMs)
  return () => clearTimeout(handle)
}
