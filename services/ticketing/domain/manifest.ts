import type { TicketState } from './booking.ts'
import { foldName } from './fold.ts'
import type { SeatClass, TripState } from './ride.ts'

/** A call of a trip as its crew sees it. */
export type ManifestCall = {
  readonly sequence: number
  readonly stopName: string
  readonly town: string
  readonly arrivalTime: Date
  readonly departureTime: Date
  /** When the crew said that the bus has left. */
  readonly leaveTime: Date | undefined
  /** Pieces of luggage and parcels that are loaded here. */
  readonly loading: number
  /** Those that are unloaded here. */
  readonly unloading: number
}

/** What stands at the head of a manifest. */
export type TripSheet = {
  readonly tripId: string
  readonly tenantId: string
  readonly companyName: string
  readonly routeName: string
  readonly headsign: string
  readonly serviceDate: string
  readonly timeZone: string
  readonly busPlate: string
  readonly state: TripState
  readonly seatCounts: Partial<Record<SeatClass, number>>
  readonly calls: readonly ManifestCall[]
}

/** The part of a passenger that counts. */
export type Counted = {
  readonly state: TicketState
  readonly seatClass: SeatClass
  readonly fromSequence: number
  readonly toSequence: number
}

/** Passengers of one call. */
export type StopCount = {
  readonly boarding: number
  readonly boarded: number
  readonly noShow: number
  readonly alighting: number
}

/** Who gets on and off at a call. Who missed the bus gets off nowhere. */
export function countAt(riders: readonly Counted[], sequence: number): StopCount {
  const here = riders.filter(({ fromSequence }) => fromSequence === sequence)
  return {
    boarding: here.length,
    boarded: inState(here, 'BOARDED'),
    noShow: inState(here, 'NO_SHOW'),
    alighting: riders.filter(({ toSequence, state }) => toSequence === sequence && state !== 'NO_SHOW').length,
  }
}

/** Seats and tickets of one class. */
export type ClassCount = {
  readonly seatClass: SeatClass
  readonly seats: number
  readonly tickets: number
  readonly boarded: number
  readonly noShow: number
}

/** Every class that the bus has or somebody has paid for, the higher one first. */
export function countByClass(riders: readonly Counted[], seatCounts: Partial<Record<SeatClass, number>>): ClassCount[] {
  return (['VIP', 'STANDARD'] as const)
    .map((seatClass) => {
      const its = riders.filter((rider) => rider.seatClass === seatClass)
      const seats = seatCounts[seatClass] ?? 0
      return {
        seatClass,
        seats,
        tickets: its.length,
        boarded: inState(its, 'BOARDED'),
        noShow: inState(its, 'NO_SHOW'),
      }
    })
    .filter(({ seats, tickets }) => seats + tickets > 0)
}

function inState(riders: readonly Counted[], state: TicketState): number {
  return riders.filter((rider) => rider.state === state).length
}

/** Those who get on or off at a call; all when none is named. */
export function ridersAt<R extends Counted>(riders: readonly R[], sequence: number | undefined): R[] {
  return riders.filter(
    ({ fromSequence, toSequence }) => sequence === undefined || fromSequence === sequence || toSequence === sequence,
  )
}

/** What a passenger can be found by. */
export type Findable = {
  readonly passengerName: string
  readonly seatLabel: string
  readonly bookingCode: string
  readonly ticketNumber: string
}

/**
 * Whether a passenger is meant by what somebody typed: a part of the name in any order of its words, or the whole seat,
 * booking code or ticket number.
 */
export function isMeant(rider: Findable, typed: string): boolean {
  const wanted = foldName(typed)
  if (wanted === '') return false
  const key = keyOf(typed)
  const exact = [rider.seatLabel, rider.bookingCode, rider.ticketNumber].map(keyOf)
  if (exact.includes(key)) return true
  const name = ` ${foldName(rider.passengerName)}`
  return wanted.split(' ').every((word) => name.includes(` ${word}`)) || name.includes(wanted)
}

function keyOf(text: string): string {
  return text.replace(/[\s-]/g, '').toUpperCase()
}
