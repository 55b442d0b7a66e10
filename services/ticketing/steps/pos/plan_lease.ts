import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { LeaseSeatsRequest } from '#gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import { refuse } from '../../errors.ts'
import type { Ctx } from '../../context.ts'
import { COUNTER_CODE_LENGTH, lettersFrom } from '../../domain/booking_code.ts'
import { legsOf, type RideForSale, type Seat } from '../../domain/ride.ts'
import { makeOffers, type Offer } from '../../domain/pos/offer.ts'
import type { LeasedTicket } from '../../domain/pos/plan_sale.ts'
import { stationRide } from '../../domain/pos/station_ride.ts'
import type { Device } from '../../store/pos/devices.ts'
import type { LeasePlan, LeaseTimes, SeatToLend } from '../../store/pos/leases.ts'
import { callsOf } from '../../store/pos/station_rides.ts'
import { freeSeatsFor } from '../../store/sales.ts'
import { classFromProto, classToProto } from '../../wire/classes.ts'
import { asPainted, assertOnSale, findRide, priceOf } from '../find_ride.ts'
import { randomCode } from '../random_code.ts'
import { offerBasis } from './offers.ts'

/** As many tickets as qr signs at once. */
const TICKETS_AT_ONCE = 60

/**
 * Works out which seats a device is lent, and has their tickets signed. Writes nothing: signatures of seats that somebody
 * else turns out to have belong to no ticket.
 *
 * @throws {ConnectError} TRIP_UNKNOWN, STATION_NOT_SERVED, LEGS_INVALID, TRIP_NOT_ON_SALE, SALES_CLOSED, SEAT_UNKNOWN,
 *   SEAT_REPEATED, FARE_MISSING, SEATS_EXHAUSTED
 */
export async function planLease(ctx: Ctx, device: Device, req: LeaseSeatsRequest): Promise<LeasePlan> {
  const { ride, toSequences } = await findStationRide(ctx, device, req)
  const times = leaseTimes(ctx)
  assertOnSale(ctx, ride, times.now)
  const seats = await seatsAskedFor(ctx, ride, req)
  // All rows: what is on sale, and how full a bus is, is public.
  const basis = await offerBasis(ctx.db.system, { ...ride, legs: legsOf(ride) }, times.now)
  const offers = makeOffers(seats, {
    ...basis,
    fares: basis.fares.filter((one) => toSequences.includes(one.toSequence)),
  })
  const priced = seats.map((seat, i) => ({ seat, offers: assertOffered(seat, offers[i]!) }))
  return {
    leaseId: req.leaseId,
    tenantId: device.tenantId,
    deviceId: device.deviceId,
    tripId: req.tripId,
    fromSequence: ride.origin.sequence,
    toSequence: ride.destination.sequence,
    createTime: times.now,
    ...times,
    legs: legsOf(ride),
    basis: ride,
    terms: ride.terms,
    seats: await signSeats(ctx, device, ride, priced),
  }
}

/** Until when a lease lasts that is taken or renewed now. */
export function leaseTimes({ clock, settings }: Ctx): LeaseTimes {
  const now = clock.now()
  const expireTime = new Date(now.getTime() + settings.leaseSeconds * 1000)
  return { now, expireTime, graceEndTime: new Date(expireTime.getTime() + settings.leaseGraceSeconds * 1000) }
}

async function findStationRide(ctx: Ctx, { stationStopId }: Device, req: LeaseSeatsRequest) {
  const { tripId } = req
  // All rows: what is on sale is public.
  const calls = await callsOf(ctx.db.system, tripId)
  if (calls.length === 0) throw refuse('TRIP_UNKNOWN', 'no such trip', { trip_id: tripId })
  const found = stationRide(calls, stationStopId, req.toSequence)
  if (found === 'NOT_SERVED') {
    throw refuse('STATION_NOT_SERVED', 'this trip takes nobody up at this station', { trip_id: tripId })
  }
  if (found === 'LEGS_INVALID') {
    const to = String(req.toSequence)
    throw refuse('LEGS_INVALID', 'this trip sets nobody down there', { from_sequence: '', to_sequence: to })
  }
  const { fromSequence, toSequences } = found
  const labels = req.seatLabels.length > 0 ? req.seatLabels.map(asPainted) : undefined
  const ride = await findRide(ctx, { tripId, fromSequence, toSequence: toSequences.at(-1)! }, labels)
  return { ride, toSequences }
}

/** The seats that are named, or free ones from the back of the bus: passengers who choose for themselves sit in front. */
async function seatsAskedFor(ctx: Ctx, ride: RideForSale, req: LeaseSeatsRequest): Promise<Seat[]> {
  if (req.seatLabels.length > 0) {
    return priceOf(ride, req.seatLabels.map(asPainted)).lines.map(({ seat }) => seat)
  }
  const wanted = classFromProto(req.seatClass)
  // All rows: what is on sale is public.
  const free = await freeSeatsFor(ctx.db.system, req.leaseId, req.tripId, legsOf(ride), ctx.clock.now())
  const fitting = free.filter(({ seatClass }) => wanted === undefined || seatClass === wanted)
  if (fitting.length === 0) throw exhausted(req.tripId)
  return fitting.slice(-req.seatCount)
}

export function exhausted(tripId: string) {
  return refuse('SEATS_EXHAUSTED', 'no seat of this kind is free', { trip_id: tripId })
}

/** @throws {ConnectError} FARE_MISSING when nothing can be sold on a seat */
function assertOffered(seat: Seat, offers: ReadonlyMap<number, Offer>): ReadonlyMap<number, Offer> {
  if (offers.size > 0) return offers
  throw refuse('FARE_MISSING', 'the company has set no fare for this ride', { seat_class: seat.seatClass })
}

type PricedSeat = { readonly seat: Seat; readonly offers: ReadonlyMap<number, Offer> }

async function signSeats(
  ctx: Ctx,
  device: Device,
  ride: RideForSale,
  priced: readonly PricedSeat[],
): Promise<SeatToLend[]> {
  const unsigned = priced.map(({ seat, offers }) => ({
    claimId: ctx.newId(),
    seatLabel: seat.label,
    seatClass: seat.seatClass,
    bookingCode: counterCode(),
    currency: ride.trip.currency,
    tickets: [...offers].map(([toSequence, offer]) => ({ ticketId: ctx.newId(), toSequence, offer, former: [] })),
  }))
  const payloads = unsigned.flatMap((seat) =>
    seat.tickets.map(({ ticketId, toSequence }) => payloadOf(ctx, device, ride, { ...seat, ticketId, toSequence })),
  )
  const codes = await signAll(ctx, payloads)
  return unsigned.map((seat) => ({ ...seat, tickets: seat.tickets.map((ticket) => signed(ticket, codes)) }))
}

/** A code for what a counter sells; most likely new, and the database knows. */
export function counterCode(): string {
  return randomCode((random) => lettersFrom(random, COUNTER_CODE_LENGTH))
}

type Unsigned = Pick<SeatToLend, 'seatLabel' | 'seatClass' | 'bookingCode'> & {
  readonly ticketId: string
  readonly toSequence: number
  readonly passengerName?: string
}

/** What is signed: who will sit there is not known yet, so the ticket names the counter. */
export function payloadOf(ctx: Ctx, device: Device, { trip, origin }: RideForSale, ticket: Unsigned) {
  const expire = new Date(trip.arrivalTime.getTime() + ctx.settings.ticketGraceSeconds * 1000)
  return {
    ...{ tripId: trip.tripId, tenantId: trip.tenantId, serviceDate: trip.serviceDate },
    ticketId: ticket.ticketId,
    bookingCode: ticket.bookingCode,
    passengerName: ticket.passengerName ?? device.name,
    seatLabel: ticket.seatLabel,
    seatClass: classToProto(ticket.seatClass),
    fromSequence: origin.sequence,
    toSequence: ticket.toSequence,
    departureTime: timestampFromDate(origin.departureTime),
    expireTime: timestampFromDate(expire),
    issueTime: timestampFromDate(ctx.clock.now()),
  }
}

/** Has tickets signed; their codes by their ids. */
export async function signAll(
  ctx: Ctx,
  payloads: readonly ReturnType<typeof payloadOf>[],
): Promise<ReadonlyMap<string, string>> {
  const codes = new Map<string, string>()
  for (let from = 0; from < payloads.length; from += TICKETS_AT_ONCE) {
    const { tickets } = await ctx.peers.qr.signTickets({ payloads: payloads.slice(from, from + TICKETS_AT_ONCE) })
    for (const { ticketId, code } of tickets) codes.set(ticketId, code)
  }
  return codes
}

function signed(ticket: Omit<LeasedTicket, 'code'>, codes: ReadonlyMap<string, string>): LeasedTicket {
  const code = codes.get(ticket.ticketId)
  if (code) return { ...ticket, code }
  throw new Error('qr left a ticket unsigned')
}
