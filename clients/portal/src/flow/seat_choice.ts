import { type MapSeat, SeatState } from '@tms/sdk/passenger'

const MOST_SEATS = 8

/** The choice after a touch of a seat: without it, or with it in the place of the first where there are enough. */
export function toggled(chosen: readonly string[], label: string): readonly string[] {
  const without = chosen.filter((one) => one !== label)
  return without.length < chosen.length ? without : [...chosen, label].slice(-MOST_SEATS)
}

/** The chosen seats that can still be had. */
export function keepWithin(seats: readonly MapSeat[], chosen: readonly string[]): string[] {
  return chosen.filter((label) => seats.some((seat) => seat.label === label && seat.state === SeatState.FREE))
}

const distance = (a: MapSeat, b: MapSeat): number =>
  Math.abs(a.row - b.row) * 2 + Math.abs(a.column - b.column) + (a.deck === b.deck ? 0 : 100)

/** The free seat of the same class nearest to one that was lost, else of any class; none when the bus is full. */
export function nearestFree(seats: readonly MapSeat[], lost: string, taken: readonly string[]): string[] {
  const from = seats.find(({ label }) => label === lost)
  const free = seats.filter(({ label, state }) => state === SeatState.FREE && !taken.includes(label))
  if (!from) return free.slice(0, 1).map(({ label }) => label)
  const cost = (seat: MapSeat) => distance(from, seat) + (seat.seatClass === from.seatClass ? 0 : 1_000)
  return free
    .toSorted((a, b) => cost(a) - cost(b))
    .slice(0, 1)
    .map(({ label }) => label)
}

/**
 * Free seats for a group that are as close together as the bus has them, in the cheapest class that has room.
 *
 * Every free seat is tried as the middle of the group; the group with the least distance to its middle is taken.
 */
export function together(seats: readonly MapSeat[], count: number): string[] {
  const free = seats.filter(({ state }) => state === SeatState.FREE)
  const classes = [...new Set(free.map(({ seatClass }) => seatClass))].toSorted((a, b) => a - b)
  const pool = classes.map((one) => free.filter((seat) => seat.seatClass === one)).find((one) => one.length >= count)
  let best: readonly MapSeat[] = []
  let least = Number.POSITIVE_INFINITY
  for (const middle of pool ?? free) {
    const near = (pool ?? free).toSorted((a, b) => distance(middle, a) - distance(middle, b)).slice(0, count)
    const sum = near.reduce((total, seat) => total + distance(middle, seat), 0)
    if (sum >= least) continue
    least = sum
    best = near
  }
  return best.toSorted((a, b) => a.row - b.row || a.column - b.column).map(({ label }) => label)
}
