import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '#kit'
import { RideTimeChanged_Cause as Cause, RideTimeChangedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import type { Rider } from '../domain/swap.ts'
import { setDepartures } from '../store/delays.ts'
import { noticeOf } from '../wire/notice.ts'

/** What was told before: the delay, or the timetable's departures by the number of the call. */
export type ToldBefore =
  | { readonly cause: 'DELAY'; readonly was: { readonly delayMinutes: number }; readonly reason: string }
  | { readonly cause: 'TIMETABLE'; readonly was: { readonly departures: ReadonlyMap<number, Date> } }

/** Tells everybody who has paid and still waits for the bus when it leaves now; whoever hears nothing new is not told. */
export async function tellNewTimes(tx: Tx, ctx: Ctx, riders: readonly Rider[], told: ToldBefore): Promise<void> {
  const changed = riders
    .map((rider) => ({ rider, ...timesOf(rider, told) }))
    .filter(({ oldTime, newTime }) => oldTime.getTime() !== newTime.getTime())
  if (changed.length === 0) return
  if (told.cause === 'TIMETABLE') {
    const departures = changed.map(({ rider: { booking, ride } }) => ({
      bookingId: booking.bookingId,
      departureTime: ride.origin.departureTime,
    }))
    await setDepartures(tx, departures)
  }
  const waiting = changed.filter(({ rider, newTime }) => waits(rider, newTime, ctx.clock.now()))
  await tx.publishAll(
    RideTimeChangedSchema,
    waiting.map(({ rider: { booking, ride }, oldTime, newTime }) => ({
      key: booking.bookingId,
      message: {
        tenantId: booking.tenantId,
        bookingId: booking.bookingId,
        bookingCode: booking.bookingCode,
        tripId: booking.tripId,
        notice: noticeOf(booking, ride),
        oldDepartureTime: timestampFromDate(oldTime),
        newDepartureTime: timestampFromDate(newTime),
        delayMinutes: ride.trip.delayMinutes,
        reason: told.cause === 'DELAY' ? told.reason : '',
        cause: Cause[told.cause],
      },
    })),
  )
}

function timesOf({ ride: { trip, origin } }: Rider, told: ToldBefore): { oldTime: Date; newTime: Date } {
  const planned = origin.departureTime
  const newTime = later(planned, trip.delayMinutes)
  if (told.cause === 'DELAY') return { oldTime: later(planned, told.was.delayMinutes), newTime }
  const before = told.was.departures.get(origin.sequence) ?? planned
  return { oldTime: later(before, trip.delayMinutes), newTime }
}

const later = (time: Date, minutes: number) => new Date(time.getTime() + minutes * 60_000)

/** Who is on board sees for themselves; who has not paid looks at the search. */
function waits({ booking }: Rider, departure: Date, now: Date): boolean {
  const boarded = booking.passengers.every(({ ticket }) => ticket?.state === 'BOARDED')
  return booking.state === 'CONFIRMED' && !booking.awaitsChoice && !boarded && departure > now
}
