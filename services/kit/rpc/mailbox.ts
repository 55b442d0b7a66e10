/** What waits to be sent on a stream, in order; taken by one reader. */
export class Mailbox<T> implements AsyncIterable<T> {
  #letters: T[] = []
  #ended = false
  #failure: Error | undefined
  #wake: (() => void) | undefined

  put(letter: T): void {
    if (this.#ended) return
    this.#letters.push(letter)
    this.#wake?.()
  }

  /** How many were not taken yet. */
  get size(): number {
    return this.#letters.length
  }

  /** Whether nothing more comes. */
  get isEnded(): boolean {
    return this.#ended
  }

  /** Nothing more comes; with a failure the reader is refused after what is there. */
  end(failure?: Error): void {
    if (this.#ended) return
    this.#ended = true
    this.#failure = failure
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const letters = this.#letters
      this.#letters = []
      yield* letters
      if (this.#letters.length > 0) continue
      if (this.#ended) break
      await new Promise<void>((resolve) => (this.#wake = resolve))
      this.#wake = undefined
    }
    if (this.#failure) throw this.#failure
  }
}
