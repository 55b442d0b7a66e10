/** A value with the order in which it was kept: later ones have the higher number. */
export type Kept<T> = { readonly value: T; readonly order: number }

type Entry<T> = Kept<T> & { readonly sampleMs: number }

/** The newest value of each key: what a follower who fell behind needs, and nothing that was overtaken. */
export class NewestTable<T> {
  readonly #entries = new Map<string, Entry<T>>()
  readonly #nextOrder: () => number

  /** @param nextOrder counts up with every value that is kept, over all tables of the node */
  constructor(nextOrder: () => number) {
    this.#nextOrder = nextOrder
  }

  /** Keeps a value unless one as new is there; false then. */
  offer(key: string, sampleMs: number, value: T): boolean {
    const known = this.#entries.get(key)
    if (known && known.sampleMs >= sampleMs) return false
    // Put at the end, so that the table stays in the order of keeping.
    this.#entries.delete(key)
    this.#entries.set(key, { value, sampleMs, order: this.#nextOrder() })
    return true
  }

  /** What was kept after `order`, oldest first. */
  after(order: number): Kept<T>[] {
    return [...this.#entries.values()].filter((entry) => entry.order > order)
  }

  /** Everything measured at or after a time. */
  since(sampleMs: number): T[] {
    return [...this.#entries.values()].filter((entry) => entry.sampleMs >= sampleMs).map(({ value }) => value)
  }

  /** Forgets what was measured before a time. */
  forgetBefore(sampleMs: number): void {
    for (const [key, entry] of this.#entries) if (entry.sampleMs < sampleMs) this.#entries.delete(key)
  }
}
