import { explained } from '../command/command.ts'

/** One step of the story: what it is, and what it proved. */
export type Step = { readonly title: string; readonly proof: string }

/** Tells a story step by step; a step that does not hold ends it. */
export class Story {
  #number = 0

  /** Runs a step and prints what it proved. @throws whatever the step throws, after saying which one it was */
  async step<T>(title: string, work: () => Promise<readonly [T, string]>): Promise<T> {
    this.#number++
    const started = performance.now()
    try {
      const [result, proof] = await work()
      const ms = String(Math.round(performance.now() - started)).padStart(5)
      console.log(`${String(this.#number).padStart(2)}  ${title}\n    ${proof}  (${ms.trim()} ms)`)
      return result
    } catch (err) {
      console.error(`${String(this.#number).padStart(2)}  ${title}\n    did not hold: ${String(explained(err))}`)
      throw err
    }
  }

  get length(): number {
    return this.#number
  }
}

/** Holds the story to a condition. @throws {Error} with `otherwise` */
export function prove(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Error(otherwise)
}

/** Waits until `look` answers something. @throws {Error} after `seconds` */
export async function eventually<T>(what: string, look: () => Promise<T | undefined>, seconds = 20): Promise<T> {
  for (const until = Date.now() + seconds * 1_000; Date.now() < until;) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`${what} did not happen within ${seconds} s`)
}
