/** Tells the time. Code asks its clock rather than the system, so that a test can choose the hour. */
export interface Clock {
  /** The present instant, to the millisecond. */
  now(): Date
}

/** The clock of the machine. */
export const systemClock: Clock = { now: () => new Date() }

/** A length of time; the parts add up. */
export type Duration = {
  readonly days?: number
  readonly hours?: number
  readonly minutes?: number
  readonly seconds?: number
  readonly milliseconds?: number
}

/** A length of time in milliseconds; a day counts 24 hours, as on a stopwatch. */
export function durationMs({ days = 0, hours = 0, minutes = 0, seconds = 0, milliseconds = 0 }: Duration): number {
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + milliseconds
}

/** A clock that stands still until it is told to move. */
export class FakeClock implements Clock {
  #ms: number

  /** @param start where it stands at first; a text is read as ISO 8601. */
  constructor(start: Date | string) {
    this.#ms = instantMs(start)
  }

  now(): Date {
    return new Date(this.#ms)
  }

  /** Moves to an instant, also backwards. */
  set(instant: Date | string): void {
    this.#ms = instantMs(instant)
  }

  /** Moves by a length of time; a negative one moves backwards. */
  advance(duration: Duration): void {
    this.#ms += durationMs(duration)
  }
}

function instantMs(instant: Date | string): number {
  const ms = new Date(instant).getTime()
  if (Number.isNaN(ms)) throw new RangeError(`"${String(instant)}" is not an instant`)
  return ms
}
