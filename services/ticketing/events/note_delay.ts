import { on } from '#kit'
import { TripDelayedSchema } from '#gen/tms/company/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { ridersOn } from '../steps/riders.ts'
import { tellNewTimes } from '../steps/tell_times.ts'
import { noteDelay } from '../store/delays.ts'

/** A trip is late, or on time again: search shows it, and everybody who waits for it is told. */
export const noteDelayOfTrip = on(
  TripDelayedSchema,
  async (ctx: Ctx, tx, { tripId, revision, delayMinutes, reason }) => {
    const noted = await noteDelay(tx, tripId, { revision, delayMinutes, reason })
    if (noted === 'old') return
    // The trip itself is on its way, by another consumer: the event comes again.
    if (noted === 'unknown') throw new Error('a trip is late that is not known yet')
    const riders = await ridersOn(tx, tripId, 'look')
    const was = { delayMinutes: noted.oldDelayMinutes }
    await tellNewTimes(tx, ctx, riders, { cause: 'DELAY', was, reason })
  },
  { name: 'note-delay' },
)
