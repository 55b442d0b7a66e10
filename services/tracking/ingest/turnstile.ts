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

  #turnLater(): void {
    this.#isTurning = true
    setImmediate(() => this.#turn())
  }

  #turn(): void {
    const due = this.#waiting.splice(0, this.#perTurn)
    this.#left = this.#perTurn - due.length
    // What they do comes after this; while some wait, the next turn is theirs as well.
    if (due.length > 0) this.#turnLater()
    else this.#isTurning = false
    for (const go of due) go()
  }
}
