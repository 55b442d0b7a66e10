import { keepNewest } from './bounded.ts'

/** A request that reached a provider, as it came: the proof of "asked once". */
export type Arrival = {
  readonly time: Date
  readonly method: string
  /** From the provider's own root, e.g. `/daraja/mpesa/stkpush/v1/processrequest`. */
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
  /** HTTP status of the answer; `none` when an outage swallowed it. */
  status: number | 'none'
}

export type Arrivals = {
  add(arrival: Arrival): void
  /** Oldest first; those whose path contains `path`. */
  list(path?: string): Arrival[]
  reset(): void
}

const ARRIVALS_KEPT = 2000

export function startArrivals(): Arrivals {
  let arrivals: Arrival[] = []
  return {
    add: (arrival) => keepNewest(arrivals, arrival, ARRIVALS_KEPT),
    list: (path = '') => arrivals.filter((arrival) => arrival.path.includes(path)),
    reset: () => {
      arrivals = []
    },
  }
}
