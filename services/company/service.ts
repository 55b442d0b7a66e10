import {
  BusSwappedSchema,
  DriverAssignedSchema,
  DriverUnassignedSchema,
  SalesTermsSetSchema,
  TripCancelledSchema,
  TripDelayedSchema,
  TripScheduledSchema,
  TripStatusChangedSchema,
} from '#gen/tms/company/v1/events_pb.ts'
import { FleetService } from '#gen/tms/company/v1/fleet_service_pb.ts'
import { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import { PricingService } from '#gen/tms/company/v1/pricing_service_pb.ts'
import { PlanningService } from '#gen/tms/company/v1/planning_service_pb.ts'
import { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import { defineService } from '#kit'
import { settings } from './config.ts'
import { calls, type Ctx } from './context.ts'
import { arriveWithBus, departWithBus } from './events/follow_bus.ts'
import { followTenantCreated, followTenantUpdated } from './events/follow_tenant.ts'
import { dropStaleImports } from './jobs/drop_stale_imports.ts'
import { generateAhead } from './jobs/generate_ahead.ts'
import { fleetRpcs } from './rpc/fleet/index.ts'
import { networkRpcs } from './rpc/network/index.ts'
import { pricingRpcs } from './rpc/pricing/index.ts'
import { planningRpcs } from './rpc/planning/index.ts'
import { timetableRpcs } from './rpc/timetable/index.ts'

/** Plans the physical world of a company: buses, stops, routes, fares, and the trips that are sold and driven. */
export default defineService<Ctx>({
  name: 'company',
  serves: [FleetService, NetworkService, TimetableService, PricingService, PlanningService],
  calls,
  publishes: [
    TripScheduledSchema,
    TripStatusChangedSchema,
    TripCancelledSchema,
    TripDelayedSchema,
    DriverAssignedSchema,
    DriverUnassignedSchema,
    BusSwappedSchema,
    SalesTermsSetSchema,
  ],
  consumes: [followTenantCreated, followTenantUpdated, departWithBus, arriveWithBus],
  jobs: [generateAhead, dropStaleImports],
  migrations: new URL('./migrations/', import.meta.url),
  settings,
  routes: (ctx) => (router) => {
    router.service(FleetService, fleetRpcs(ctx))
    router.service(NetworkService, networkRpcs(ctx))
    router.service(TimetableService, timetableRpcs(ctx))
    router.service(PricingService, pricingRpcs(ctx))
    router.service(PlanningService, planningRpcs(ctx))
  },
})
