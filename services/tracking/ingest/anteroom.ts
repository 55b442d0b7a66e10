import { Code, ConnectError } from '@connectrpc/connect'

/** So many senders are let in at once: as many as there are connections to the database to ask by. */
const AT_ONCE = 6

/**
 * Lets senders in a few at a time, in their order.
 *
 * When a process comes back its whole fleet knocks at once. Let in together, all would wait so long for each other that they
 * give up and knock again; one after the other, each that is let in stays, and who gave up meanwhile costs nothing.
 */
export class Anteroom {
  readonly #atOnce: number
  readonly #waiting: (() => void)[] = []
  #inside = 0

  constructor(atOnce = AT_ONCE) {
    this.#atOnce = atOnce
  }

  /** Does the work when it is its turn. @throws {ConnectError} CANCELED when the caller is gone by then */
  async enter<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    if (this.#inside >= this.#atOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#inside += 1
    // Whoever leaves gives his place to the next: it is ours by now.
    try {
      if (signal?.aborted) throw new ConnectError('the sender went away', Code.Canceled)
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#inside -= 1
    }
  }
}
