import type { Timers } from './timers.ts'

/** Holds callbacks back, to let them go newest first. */
export type Backlog = { hold(send: () => Promise<void>): Promise<void> }

/** Two are enough to be out of order; one alone goes out when nothing has joined it for this long. */
const BATCH = 2
const PATIENCE_MS = 2000

export function startBacklog(timers: Timers): Backlog {
  let waiting: (() => Promise<void>)[] = []
  let cancelPatience: () => void = () => undefined

  const release = async () => {
    cancelPatience()
    const sends = waiting.reverse()
    waiting = []
    for (const send of sends) await send() // one after the other, or the network would order them anew
  }

  return {
    hold: (send) =>
      new Promise((resolve) => {
        waiting.push(() => send().then(resolve))
        cancelPatience()
        if (waiting.length >= BATCH) void release()
        else cancelPatience = timers.after(PATIENCE_MS, () => void release())
      }),
  }
}
