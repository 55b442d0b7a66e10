import { type Legs, overlap } from './legs.ts'
import type { Seat, SeatClass } from './ride.ts'
import { closest, type Seated } from './seating.ts'

/** People of one booking: they ride the same legs, and are seated all or none. */
export type Party = {
  readonly bookingId: string
  readonly legs: Legs
  /** Not paid yet: seated after those who have paid. */
  readonly held: boolean
  readonly createTime: Date
  readonly seats: readonly Seated[]
}

/** Who sits where in another bus: a seat for each of a party's people, in its order; and whom it has no room for. */
export type Reseating = {
  readonly seated: ReadonlyMap<Party, readonly Seat[]>
  readonly unseated: readonly Party[]
}

/**
 * Seats everybody of a trip in another bus, leg by leg.
 *
 * Whoever boards first is seated first; then any seat that is free at that stop does, so that nobody is left standing
 * while every leg has enough seats of each class. Within that: own seats are kept, seats that a later passenger would
 * keep are left to them, people of one booking sit close together. Where a class is full, its people move up a class
 * into seats that nobody needs; nobody is moved down, and no party is parted.
 */
export function seatAnew(parties: readonly Party[], seats: readonly Seat[]): Reseating {
  const bus = new Bus(seats, parties)
  const order = [...parties].sort(byTurn)
  const standing = order.filter((party) => !bus.seat(party, 'OWN_CLASS'))
  const unseated = standing.filter((party) => !bus.seat(party, 'OR_HIGHER'))
  return { seated: bus.seated, unseated }
}

/** Seats needed and seats there are, on one leg in one class. */
export type LegLoad = {
  readonly leg: number
  readonly seatClass: SeatClass
  readonly needed: number
  readonly there: number
}

/** What every leg of a trip asks of another bus, by leg and class; legs and classes that nobody rides are left out. */
export function loadOf(parties: readonly Party[], seats: readonly Seat[]): LegLoad[] {
  const legs = Math.max(0, ...parties.map((party) => party.legs.to))
  const loads = Array.from({ length: legs }, (_, leg) =>
    (['VIP', 'STANDARD'] as const).map((seatClass) => ({
      leg,
      seatClass,
      needed: parties
        .filter(({ legs }) => legs.from <= leg && leg < legs.to)
        .flatMap((party) => inClass(party, seatClass)).length,
      there: seats.filter((seat) => seat.seatClass === seatClass).length,
    })),
  )
  return loads.flat().filter(({ needed }) => needed > 0)
}

/** Which seats may be given: those of the own class, or where these are full, of a higher one. */
type Allowance = 'OWN_CLASS' | 'OR_HIGHER'

/** A bus that fills up. */
class Bus {
  readonly seated = new Map<Party, readonly Seat[]>()
  readonly #seats: readonly Seat[]
  readonly #given = new Map<string, Legs[]>()
  readonly #keepers = new Map<string, Party[]>()

  constructor(seats: readonly Seat[], parties: readonly Party[]) {
    this.#seats = seats
    for (const party of parties) {
      for (const one of party.seats) {
        const own = this.#ownSeat(one)
        if (own) this.#keepers.set(own.label, [...(this.#keepers.get(own.label) ?? []), party])
      }
    }
  }

  /** Seats a party; false, with nothing given, when there is no room for all of it. */
  seat(party: Party, allowed: Allowance): boolean {
    const chosen = new Map<Seated, Seat>()
    for (const one of party.seats) {
      const own = this.#ownSeat(one)
      if (own && this.#isFree(own, party.legs) && ![...chosen.values()].includes(own)) chosen.set(one, own)
    }
    for (const seatClass of ['VIP', 'STANDARD'] as const) {
      const standing = party.seats.filter((one) => one.seatClass === seatClass && !chosen.has(one))
      const taken = [...chosen.values()]
      const found =
        this.#together(party, seatClass, standing.length, taken) ??
        (seatClass === 'STANDARD' && allowed === 'OR_HIGHER'
          ? this.#upgraded(party, standing.length, taken)
          : undefined)
      if (!found) return false
      standing.forEach((one, i) => chosen.set(one, found[i]!))
    }
    this.#give(
      party,
      party.seats.map((one) => chosen.get(one)!),
    )
    return true
  }

  #ownSeat({ seatLabel, seatClass }: Seated): Seat | undefined {
    return this.#seats.find((seat) => seat.label === seatLabel && seat.seatClass === seatClass)
  }

  #isFree(seat: Seat, legs: Legs): boolean {
    return !(this.#given.get(seat.label) ?? []).some((given) => overlap(given, legs))
  }

  /** Whether somebody who has not had a turn yet would keep a seat that this party could take from them. */
  #isKept(seat: Seat, party: Party): boolean {
    const others = (this.#keepers.get(seat.label) ?? []).filter((one) => one !== party && !this.seated.has(one))
    return others.some((one) => overlap(one.legs, party.legs))
  }

  #together(party: Party, seatClass: SeatClass, count: number, taken: readonly Seat[]): Seat[] | undefined {
    const free = this.#seats.filter(
      (seat) => seat.seatClass === seatClass && !taken.includes(seat) && this.#isFree(seat, party.legs),
    )
    const nobodys = free.filter((seat) => !this.#isKept(seat, party))
    return closest(nobodys, count, taken) ?? closest(free, count, taken)
  }

  /** What is left of the own class, and the rest a class higher. */
  #upgraded(party: Party, count: number, taken: readonly Seat[]): Seat[] | undefined {
    for (let up = 1; up <= count; up++) {
      const own = this.#together(party, 'STANDARD', count - up, taken)
      const higher = own && this.#together(party, 'VIP', up, [...taken, ...own])
      if (higher) return [...own, ...higher]
    }
    return undefined
  }

  #give(party: Party, seats: readonly Seat[]): void {
    this.seated.set(party, seats)
    for (const { label } of seats) this.#given.set(label, [...(this.#given.get(label) ?? []), party.legs])
  }
}

function inClass(party: Party, seatClass: SeatClass): readonly Seated[] {
  return party.seats.filter((one) => one.seatClass === seatClass)
}

/** By boarding stop; at one stop whoever has paid before whoever has not, and the earlier booking before the later. */
function byTurn(a: Party, b: Party): number {
  return (
    a.legs.from - b.legs.from ||
    Number(a.held) - Number(b.held) ||
    a.createTime.getTime() - b.createTime.getTime() ||
    (a.bookingId < b.bookingId ? -1 : 1)
  )
}
