import { defineDuplex, defineService } from '#kit'
import {
  GeofenceCrossedSchema,
  LongStopDetectedSchema,
  SpeedingDetectedSchema,
  VehicleArrivedSchema,
  VehicleBackOnlineSchema,
  VehicleBackOnRouteSchema,
  VehicleDepartedSchema,
  VehicleOffRouteSchema,
  VehicleWentOfflineSchema,
} from '#gen/tms/tracking/v1/events_pb.ts'
import { FeedService } from '#gen/tms/tracking/v1/feed_service_pb.ts'
import { SupervisionService } from '#gen/tms/tracking/v1/supervision_service_pb.ts'
import { TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import { settings } from './config.ts'
import { calls, type Ctx } from './context.ts'
import { copyTrip } from './events/copy_trip.ts'
import { noteDriver, releaseDriver } from './events/note_driver.ts'
import { dropTicket, noteTicket } from './events/note_tickets.ts'
import { noteTripState } from './events/note_trip_state.ts'
import { converseWith } from './ingest/conversation.ts'
import { ingestOf } from './ingest/ingest.ts'
import { endOldDays, forgetSilentBuses } from './jobs/keep_tidy.ts'
import { noteSilentBuses } from './jobs/note_silent_buses.ts'
import { learnLegs } from './jobs/learn_legs.ts'
import { predictArrivals } from './jobs/predict_arrivals.ts'
import { readVehicleFeeds } from './jobs/read_vehicle_feeds.ts'
import { openLive } from './live/open.ts'
import { feedRpcs } from './rpc/feeds.ts'
import { rpcs } from './rpc/index.ts'
import { supervisionRpcs } from './rpc/supervision.ts'
import { supervisorOf } from './supervise/supervisor.ts'

/** Knows where buses are and were. */
export default defineService<Ctx>({
  name: 'tracking',
  serves: [FeedService, SupervisionService, TrackingService],
  calls,
  publishes: [
    VehicleArrivedSchema,
    VehicleDepartedSchema,
    GeofenceCrossedSchema,
    SpeedingDetectedSchema,
    LongStopDetectedSchema,
    VehicleOffRouteSchema,
    VehicleBackOnRouteSchema,
    VehicleWentOfflineSchema,
    VehicleBackOnlineSchema,
  ],
  consumes: [copyTrip, noteTripState, noteDriver, releaseDriver, noteTicket, dropTicket],
  jobs: [endOldDays, forgetSilentBuses, noteSilentBuses, predictArrivals, learnLegs, readVehicleFeeds],
  migrations: new URL('./migrations/', import.meta.url),
  settings,
  routes: (ctx) => (router) => {
    router.service(TrackingService, rpcs(ctx))
    router.service(SupervisionService, supervisionRpcs(ctx))
    router.service(FeedService, feedRpcs(ctx))
  },
  duplexes: (ctx) => [defineDuplex({ method: TrackingService.method.streamPositions, open: converseWith(ctx) })],
  start: async (ctx) => {
    const ingest = ingestOf(ctx)
    ingest.start()
    const supervisor = supervisorOf(ctx)
    supervisor.start()
    const closeLive = await openLive(ctx)
    return async () => {
      await closeLive()
      await ingest.stop()
      await supervisor.stop()
    }
  },
})
