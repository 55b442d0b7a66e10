import type { Res } from './http.ts'
import { refuseCall } from '#kit'

/** The calls that are running, all together and by address. */
export interface Load {
  /** How many calls run now. */
  readonly running: number
  /** Counts a call until its response is closed. @throws {ConnectError} RESOURCE_EXHAUSTED when the address has too many. */
  begin(res: Res, address: string): void
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>
}

/** @param mostPerAddress calls and streams that one address may have open at the same time. */
export function loadOf(mostPerAddress: number): Load {
  const byAddress = new Map<string, number>()
  const waiting = new Set<() => void>()
  let running = 0

  function end(address: string): void {
    running -= 1
    const left = (byAddress.get(address) ?? 1) - 1
    if (left === 0) byAddress.delete(address)
    else byAddress.set(address, left)
    if (running > 0) return
    for (const tell of waiting) tell()
    waiting.clear()
  }

  return {
    get running() {
      return running
    },
    begin(res, address) {
      const open = byAddress.get(address) ?? 0
      if (open >= mostPerAddress) {
        const facts = { limit: mostPerAddress.toString() }
        throw refuseCall('RATE_LIMITED', 'too many calls at the same time from this address', facts, {
          retryAfterMs: 1_000,
        })
      }
      running += 1
      byAddress.set(address, open + 1)
      res.once('close', () => {
        end(address)
      })
    },
    idle() {
      if (running === 0) return Promise.resolve()
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.add(resolve)
      return promise
    },
  }
}
