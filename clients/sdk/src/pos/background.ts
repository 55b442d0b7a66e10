import { type Backoff, waitAfter } from '../driver/faults.ts'
import { reasonOf, type Reason } from '../reasons.ts'
import type { TerminalState } from './terminal_state.ts'

/** What is sent in the background, and how. */
export type BackgroundOptions = {
  readonly backoff: Backoff
  /**
   * Sends all that there is. Answers what the server's clock said last, before ours; undefined when it was not heard of.
   * There is no promise while there is nobody to send for.
   */
  readonly send: (signal: AbortSignal) => Promise<number | undefined> | undefined
  /** Whether something waits to be sent. */
  readonly isUnsent: () => boolean
  readonly onChange: () => void
}

/** Sends again and again until all is there, and tells how that stands. */
export class Background {
  readonly #options: BackgroundOptions
  #phase: TerminalState['phase'] = 'idle'
  #offsetMs = 0
  #reason: Reason | undefined
  #running: Promise<void> | undefined
  #sending: Promise<void> | undefined
  #cutter = new AbortController()
  #hurry: (() => void) | undefined

  constructor(options: BackgroundOptions) {
    this.#options = options
  }

  get state(): Pick<TerminalState, 'phase' | 'clockOffsetMs' | 'reason'> {
    return { phase: this.#phase, clockOffsetMs: this.#offsetMs, reason: this.#reason }
  }

  /** Begins to send. */
  start(): void {
    if (this.#running) return
    this.#cutter = new AbortController()
    this.#running = this.#run(this.#cutter.signal).finally(() => (this.#running = undefined))
  }

  /** Tries at once, whatever it waits for. */
  hurry(): void {
    this.#hurry?.()
  }

  /** Sends all that there is, now. @throws when the network or the server does not let it */
  flush(): Promise<void> {
    // Whoever asks while it is sent waits for that, and then sends what was written since.
    const next = (this.#sending ?? Promise.resolve()).catch(() => undefined).then(() => this.#send())
    this.#sending = next
    return next
  }

  /** Cuts off what is being sent, and sends no more. */
  async stop(): Promise<void> {
    this.#cutter.abort()
    this.#hurry?.()
    await this.#running
  }

  async #send(): Promise<void> {
    const sending = this.#options.send(this.#cutter.signal)
    if (!sending) return
    this.#set('sending')
    try {
      const offset = await sending
      if (offset !== undefined) this.#offsetMs = offset
      this.#reason = undefined
      this.#set('idle')
    } catch (err) {
      this.#reason = reasonOf(err)
      this.#set('waiting')
      throw err
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { backoff, isUnsent } = this.#options
    for (let failures = 0; !signal.aborted;) {
      const went = await this.flush().then(
        () => true,
        () => false,
      )
      failures = went ? 0 : failures + 1
      if (signal.aborted) return
      // With nothing to send it waits for the next entry, but looks now and then what became of a quarantine.
      await this.#pause(went && !isUnsent() ? backoff.longestWaitMs : waitAfter(Math.max(1, failures), backoff))
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#hurry = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #set(phase: TerminalState['phase']): void {
    this.#phase = phase
    this.#options.onChange()
  }
}
