import { addDays } from '#kit'
import type { Ask } from './messages.ts'
import { mulberry32, type Network, zipf } from './network.ts'

/** What passengers look for. */
export type Wish = {
  /** How many pairs of towns most people ask for. */
  readonly popularPairs: number
  /** The share of searches that are about one of them, within the coming week. */
  readonly popularShare: number
  readonly firstDate: string
  readonly days: number
}

const WEEK = 7

/** Searches of which most repeat what others have asked, and the rest are about any pair on any day. The same for a seed. */
export function asksOf(network: Network, wish: Wish, count: number, seed: number): Ask[] {
  const random = mulberry32(seed)
  const served = servedPairs(network)
  const ask = (pair: readonly [string, string], day: number): Ask => ({
    origin: pair[0],
    destination: pair[1],
    serviceDate: addDays(wish.firstDate, day),
  })
  return Array.from({ length: count }, () =>
    random() < wish.popularShare
      ? ask(served[zipf(random, Math.min(wish.popularPairs, served.length))]!, zipf(random, Math.min(WEEK, wish.days)))
      : ask(served[Math.floor(random() * served.length)]!, Math.floor(random() * wish.days)),
  )
}

/** The pairs of towns that a route joins, those with most routes first. */
function servedPairs({ routes }: Network): (readonly [string, string])[] {
  const counts = new Map<string, number>()
  for (const { calls } of routes) {
    const towns = calls.map(({ stop }) => stop.town)
    for (const [i, origin] of towns.entries()) {
      for (const destination of towns.slice(i + 1)) {
        const key = `${origin}|${destination}`
        counts.set(key, (counts.get(key) ?? 0) + 1)
      }
    }
  }
  return [...counts]
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([key]) => key.split('|') as unknown as readonly [string, string])
}
