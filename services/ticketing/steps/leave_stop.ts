import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '#kit'
import { TicketMissedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { readRules } from '../store/boarding_rules.ts'
import { type Leaving, noteLeft, type StopDeparture } from '../store/departures.ts'
import { bookingsOnTrip } from '../store/endings.ts'
import { missBus } from '../store/no_shows.ts'
import { unlockSeats } from '../store/seat_locks.ts'

/** The bus has left a stop: where the company says so, whoever has not boarded by then has missed it. */
export async function leaveStop(tx: Tx, ctx: Ctx, leaving: Leaving): Promise<StopDeparture> {
  const departure = await noteLeft(tx, leaving)
  const { releaseNoShows } = await readRules(tx, leaving.tenantId)
  if (releaseNoShows) await miss(tx, ctx, leaving)
  return departure
}

/**
 * Passengers have missed the bus: their seats are free, and everybody is told.
 *
 * @param ticketId only this passenger; all who were to board by then, when left out
 */
export async function miss(tx: Tx, ctx: Ctx, leaving: Omit<Leaving, 'userId'>, ticketId?: string): Promise<void> {
  const { tenantId, tripId, sequence, now } = leaving
  // Nobody is moved to another seat, paid back or cancelled meanwhile.
  await bookingsOnTrip(tx, tripId, 'lock')
  const missed = await missBus(tx, { tripId, sequence, now, ...(ticketId === undefined ? {} : { ticketId }) })
  await tx.publishAll(
    TicketMissedSchema,
    missed.map((one) => ({
      key: one.ticketId,
      message: {
        ...{ tenantId, tripId, ticketId: one.ticketId },
        stopSequence: one.sequence,
        missTime: timestampFromDate(now),
      },
    })),
  )
  if (missed.length === 0) return
  tx.afterCommit(async () => {
    ctx.happened('bus_missed', { trip_id: tripId, passengers: missed.length })
    // A sale's locks may outlive it by minutes, and would keep others from the seats.
    for (const { bookingId, seatLabel, legs } of missed) {
      await unlockSeats(ctx, { bookingId, tripId, legs, seatLabels: [seatLabel] })
    }
  })
}
