import type { Seat, SeatClass } from './ride.ts'

/** What a passenger at the door asks for: a seat by its label, or any of a class. */
export type SeatWish = { readonly seatLabel: string; readonly seatClass: SeatClass }

/** Labels of seats in the order asked for; or the class that has too few. */
export type DoorSeats = { readonly labels: readonly string[] } | { readonly full: SeatClass; readonly free: number }

/**
 * Chooses a seat for each passenger at the door, from the front of the bus: named ones as they are named, free or not, and
 * free ones for the rest.
 */
export function chooseSeats(wishes: readonly SeatWish[], free: readonly Seat[]): DoorSeats {
  const named = new Set(wishes.map(({ seatLabel }) => seatLabel).filter((label) => label !== ''))
  const left = free.filter(({ label }) => !named.has(label))
  const labels: string[] = []
  for (const { seatLabel, seatClass } of wishes) {
    if (seatLabel !== '') {
      labels.push(seatLabel)
      continue
    }
    const at = left.findIndex((seat) => seat.seatClass === seatClass)
    const [seat] = at < 0 ? [] : left.splice(at, 1)
    if (!seat) return { full: seatClass, free: free.filter((one) => one.seatClass === seatClass).length }
    labels.push(seat.label)
  }
  return { labels }
}
