/** How many frames a socket may send. */
export type Budget = { readonly perSecond: number; readonly burst: number }

/** Counts what one socket sends. */
export class Spending {
  #left: number
  #atMs: number

  constructor(budget: Budget, nowMs: number) {
    this.#left = budget.burst
    this.#atMs = nowMs
  }

  /** Takes one from the budget; false when nothing is left. */
  take({ perSecond, burst }: Budget, nowMs: number): boolean {
    this.#left = Math.min(burst, this.#left + ((nowMs - this.#atMs) / 1_000) * perSecond)
    this.#atMs = nowMs
    if (this.#left < 1) return false
    this.#left -= 1
    return true
  }
}
