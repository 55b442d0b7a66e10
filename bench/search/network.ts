/** A stop of the made-up country. */
export type Stop = { readonly stopId: string; readonly name: string; readonly town: string }

/** A route with its calls: seconds after the departure at each stop. */
export type Route = {
  readonly index: number
  readonly calls: readonly { readonly stop: Stop; readonly seconds: number }[]
}

/** A made-up country: towns of falling size, and routes that mostly join the large ones. */
export type Network = {
  readonly towns: readonly string[]
  readonly stops: readonly Stop[]
  readonly routes: readonly Route[]
}

/** What the network is made of. */
export type Size = { readonly towns: number; readonly routes: number; readonly seed: number }

const MOST_CALLS = 6
const LEAST_CALLS = 3
const STOPS_OF_A_TOWN = 3
const LEG_SECONDS = 2_700

/** The same network for the same seed. */
export function networkOf({ towns: count, routes, seed }: Size): Network {
  const random = mulberry32(seed)
  const towns = Array.from({ length: count }, (_, i) => `Umujyi ${nameOf(i)}`)
  const stops = towns.flatMap((town, i) =>
    Array.from({ length: STOPS_OF_A_TOWN }, (_, k) => ({
      stopId: idOf(0x5_0000 + i * STOPS_OF_A_TOWN + k),
      name: `${town} ${k + 1}`,
      town,
    })),
  )
  return {
    towns,
    stops,
    routes: Array.from({ length: routes }, (_, index) => ({ index, calls: callsOf(random, stops, count) })),
  }
}

function callsOf(random: () => number, stops: readonly Stop[], towns: number) {
  const wanted = LEAST_CALLS + Math.floor(random() * (MOST_CALLS - LEAST_CALLS + 1))
  const visited = new Set<number>()
  while (visited.size < wanted) visited.add(zipf(random, towns))
  return [...visited].map((town, i) => ({
    stop: stops[town * STOPS_OF_A_TOWN + Math.floor(random() * STOPS_OF_A_TOWN)]!,
    seconds: i * LEG_SECONDS,
  }))
}

/** A rank from 0, the first far more often than the last (Zipf's law, exponent 1). */
export function zipf(random: () => number, count: number): number {
  return Math.min(count - 1, Math.floor(Math.exp(random() * Math.log(count + 1)) - 1))
}

/** Letters, so that no name looks like another's slip of the keys. */
function nameOf(i: number): string {
  return String.fromCharCode(65 + Math.floor(i / 26)) + String.fromCharCode(97 + (i % 26)) + 'ru'
}

function idOf(number: number): string {
  return `00000000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`
}

/** Tommy Ettinger's mulberry32: small, even enough, and the same on every machine. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
