/** One search: towns by name, and the day. */
export type Ask = { readonly origin: string; readonly destination: string; readonly serviceDate: string }

/** What the client process is told to do: a share of the asks each second, whether answers come or not, or as fast as they come. */
export type LoadOrder = {
  readonly baseUrl: string
  readonly asks: readonly Ask[]
  /** Requests a second, sent by the clock; 0 sends the next one when one is answered, `concurrency` at a time. */
  readonly rate: number
  readonly concurrency: number
  /** For how long the suite keeps a timetable: what was asked within that time is a hit. */
  readonly cacheSeconds: number
}

/** How long each answer took, from the moment at which it was due to be asked for. */
export type LoadReport = {
  readonly hitMs: readonly number[]
  readonly missMs: readonly number[]
  readonly offers: number
  readonly errors: readonly string[]
  readonly ms: number
}
