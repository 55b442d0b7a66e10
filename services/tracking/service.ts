import { defineService } from '#kit'
import { TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import { settings } from './config.ts'
import { calls, type Ctx } from './context.ts'
import { copyTrip } from './events/copy_trip.ts'
import { noteDriver, releaseDriver } from './events/note_driver.ts'
import { dropTicket, noteTicket } from './events/note_tickets.ts'
import { noteTripState } from './events/note_trip_state.ts'
import { ingestOf } from './ingest/ingest.ts'
import { endOldDays, forgetSilentBuses } from './jobs/keep_tidy.ts'
import { openLive } from './live/open.ts'
import { rpcs } from './rpc/index.ts'

/** Knows where buses are and were. */
export default defineService<Ctx>({
  name: 'tracking',
  serves: [TrackingService],
  calls,
  consumes: [copyTrip, noteTripState, noteDriver, releaseDriver, noteTicket, dropTicket],
  jobs: [endOldDays, forgetSilentBuses],
  migrations: new URL('./migrations/', import.meta.url),
  settings,
  routes: (ctx) => (router) => router.service(TrackingService, rpcs(ctx)),
  start: async (ctx) => {
    const ingest = ingestOf(ctx)
    ingest.start()
    const closeLive = await openLive(ctx)
    return async () => {
      await closeLive()
      await ingest.stop()
    }
  },
})
