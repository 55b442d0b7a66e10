/** So many frames are judged in one turn of the event loop: some ten milliseconds of work. */
const PER_TURN = 200

/**
 * Lets so many pass in one turn of the event loop, and the others in the next ones, in their order.
 *
 * A burst from thousands of phones is read from the sockets at once. Judged at once too, it would hold up for seconds what the
 * phones wait for: the disk's answers, acknowledgements, maps.
 */
export class Turnstile {
  readonly #perTurn: number
  #left: number
  #waiting: (() => void)[] = []
  #isTurning = false

  constructor(perTurn = PER_TURN) {
    this.#perTurn = this.#left = perTurn
  }

  /** Whether the caller may go on at once; when not, `go` is called when it is its turn. */
  pass(go: () => void): boolean {
    if (!this.#isTurning) this.#turnLater()
    if (this.#left > 0) {
      this.#left -= 1
      return true
    }
    this.#waiting.push(go)
    return false
  }

  /** Counts one of a caller whose turn it is: he need not wait again for each that he has with him. */
  count(): void {
    this.#left -= 1
  }

  #turnLater(): void {
    this.#isTurning = true
    setImmediate(() => this.#turn())
  }

  #turn(): void {
    const waiting = this.#waiting
    this.#waiting = []
    this.#left = this.#perTurn
    // What they do comes after this; while some wait, the next turn is theirs as well.
    if (waiting.length > 0) this.#turnLater()
    else this.#isTurning = false
    let passed = 0
    for (; passed < waiting.length && this.#left > 0; passed++) {
      waiting[passed]?.()
    }
    // Who did not get through is before those who came again meanwhile.
    if (passed < waiting.length) this.#waiting = [...waiting.slice(passed), ...this.#waiting]
  }
}
