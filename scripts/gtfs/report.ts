/** Something wrong with a feed: which file, which line (1-based, the header is line 1), what. */
export type Fault = { readonly file: string; readonly line: number | undefined; readonly detail: string }

/** Something that was put right or left out: what, how often, and where it was seen first. */
export type Note = {
  readonly what: string
  readonly file: string
  readonly firstLine: number | undefined
  readonly count: number
}

/** How a fault reads: `stops.txt line 12: stop_lat "x" is not a number`. */
export function faultText({ file, line, detail }: Fault): string {
  return line === undefined ? `${file}: ${detail}` : `${file} line ${line}: ${detail}`
}

/** The feed cannot be taken; nothing of it was written. */
export class FeedRefused extends Error {
  readonly faults: readonly Fault[]

  constructor(faults: readonly Fault[]) {
    super(faults.map(faultText).join('\n'))
    this.name = 'FeedRefused'
    this.faults = faults
  }
}

/** Faults after which reading stops: whoever mends a feed wants to see more than one, and nobody wants a million. */
const FAULTS_SHOWN = 20

/** What is found out about a feed while it is read. */
export class Report {
  readonly #faults: Fault[] = []
  readonly #mended = new Map<string, Note>()
  readonly #refused = new Map<string, Note>()

  /** Remembers a fault. @throws {FeedRefused} when there are too many to go on */
  fault(file: string, line: number | undefined, detail: string): void {
    this.#faults.push({ file, line, detail })
    if (this.#faults.length >= FAULTS_SHOWN) this.refuseIfFaulty()
  }

  /** @throws {FeedRefused} when there was a fault */
  refuseIfFaulty(): void {
    if (this.#faults.length > 0) throw new FeedRefused(this.#faults)
  }

  /** Something was put right without a doubt about what was meant. */
  mended(what: string, file: string, line?: number, count = 1): void {
    add(this.#mended, what, file, line, count)
  }

  /** Something is left out: the feed lacks it, or we have no place for it. */
  refused(what: string, file: string, line?: number, count = 1): void {
    add(this.#refused, what, file, line, count)
  }

  get mendedNotes(): readonly Note[] {
    return [...this.#mended.values()]
  }

  get refusedNotes(): readonly Note[] {
    return [...this.#refused.values()]
  }
}

function add(notes: Map<string, Note>, what: string, file: string, line: number | undefined, count: number): void {
  const known = notes.get(`${file} ${what}`)
  notes.set(`${file} ${what}`, {
    what,
    file,
    firstLine: known ? known.firstLine : line,
    count: (known?.count ?? 0) + count,
  })
}
