import type { Seat, SeatClass } from './ride.ts'

/** What a passenger of a booking sat on, and in which class. */
export type Seated = { readonly seatLabel: string; readonly seatClass: SeatClass }

/**
 * New seats for a party whose seats were lost, in its order; undefined when a class has too few.
 *
 * A seat of theirs that is still free stays theirs. The others get seats of their own class, close together: of all runs
 * of neighbouring free seats, front to back, the one that spans the fewest rows with the seats they kept.
 */
export function reseat(party: readonly Seated[], free: readonly Seat[]): Seat[] | undefined {
  const given = new Map<Seated, Seat>()
  const left = new Set(free)
  for (const one of party) {
    const own = free.find((seat) => seat.label === one.seatLabel)
    if (own && left.delete(own)) given.set(one, own)
  }
  for (const seatClass of new Set(party.map((one) => one.seatClass))) {
    const waiting = party.filter((one) => one.seatClass === seatClass && !given.has(one))
    const open = [...left].filter((seat) => seat.seatClass === seatClass)
    const seats = closest(open, waiting.length, [...given.values()])
    if (!seats) return undefined
    waiting.forEach((one, i) => given.set(one, seats[i]!))
  }
  return party.map((one) => given.get(one)!)
}

/** The run of `count` seats that, with those kept, spans the fewest rows; the front one of equals. */
export function closest(open: readonly Seat[], count: number, kept: readonly Seat[]): Seat[] | undefined {
  const ordered = [...open].sort(byPlace)
  if (ordered.length < count) return undefined
  const runs = Array.from({ length: ordered.length - count + 1 }, (_, i) => ordered.slice(i, i + count))
  const span = (run: readonly Seat[]) => spread([...kept, ...run])
  return runs.reduce((best, run) => (span(run) < span(best) ? run : best))
}

/** Rows from the first seat to the last; another deck is as far as the whole bus. */
function spread(seats: readonly Seat[]): number {
  const depths = seats.map((seat) => seat.deck * 100 + seat.row)
  return Math.max(0, ...depths) - Math.min(...depths, Infinity)
}

/** Front to back, left to right, lower deck first. */
function byPlace(a: Seat, b: Seat): number {
  return a.deck - b.deck || a.row - b.row || a.column - b.column
}
