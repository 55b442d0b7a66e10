/** What one part says and another takes, in order. */
export class Feed<T> implements AsyncIterable<T> {
  #items: T[] = []
  #ended = false
  #failure: Error | undefined
  #wake: (() => void) | undefined

  put(item: T): void {
    if (this.#ended) return
    this.#items.push(item)
    this.#wake?.()
  }

  /** Nothing more comes; with a failure its reader is told that. */
  end(failure?: Error): void {
    if (this.#ended) return
    this.#ended = true
    this.#failure = failure
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      yield* this.#items.splice(0)
      if (this.#items.length > 0) continue
      if (this.#ended) break
      await new Promise<void>((resolve) => (this.#wake = resolve))
      this.#wake = undefined
    }
    if (this.#failure) throw this.#failure
  }
}
