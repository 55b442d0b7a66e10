/** One seat to buy: every flow has its own, so that no flow is refused by another's luck. */
export type Job = {
  readonly origin: string
  readonly destination: string
  readonly serviceDate: string
  readonly tripId: string
  readonly fromSequence: number
  readonly toSequence: number
  readonly seatLabel: string
}

/** What a load process is told to do. */
export type LoadOrder = {
  readonly baseUrl: string
  readonly concurrency: number
  readonly jobs: readonly Job[]
  /** No flow begins after this time. */
  readonly seconds: number
  /** Parts the phone numbers of the load processes. */
  readonly process: number
}

/** What it did. */
export type LoadReport = {
  readonly latenciesMs: readonly number[]
  readonly errors: readonly string[]
  readonly ms: number
}

/** A statement as the suite sent it, on one of its connections. */
export type Statement = { readonly connection: string; readonly text: string; readonly parameters: readonly unknown[] }

/** What the bare loop is told to replay. */
export type ReplayOrder = { readonly databaseUrl: string; readonly file: string }

/** What it took. */
export type ReplayReport = {
  readonly ms: number
  readonly statements: number
  readonly errors: number
  readonly connections: number
}
