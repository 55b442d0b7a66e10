import type { Suite, Who } from '#kit/testing'
import { DriverAssignedSchema, TripStatusChangedSchema } from '#gen/tms/company/v1/events_pb.ts'
import type { TripState } from '#gen/tms/company/v1/trip_pb.ts'
import { BoardingService } from '#gen/tms/ticketing/v1/boarding_service_pb.ts'
import { newId } from './network.ts'

/** A driver of a company, who may board the trips that are assigned to them, and no more. */
export const driver = (tenantId: string): Who => ({
  userId: newId(),
  tenantId,
  permissions: ['ticketing.tickets.board', 'qr.tickets.verify'],
})

/** A conductor, who also sells at the door for cash. */
export const conductor = (tenantId: string): Who => ({
  userId: newId(),
  tenantId,
  permissions: [
    'ticketing.tickets.board',
    'ticketing.sales.create',
    'qr.tickets.verify',
    'payment.intents.pay',
    'payment.cash.collect',
  ],
})

/** Whoever plans the company's day, and sets its rules. */
export const dispatcher = (tenantId: string): Who => ({
  userId: newId(),
  tenantId,
  permissions: ['ticketing.trips.dispatch', 'ticketing.tickets.board', 'ticketing.sales.read'],
})

/** Puts a driver on a trip, as company tells it. */
export async function assign(suite: Suite, { userId: driverUserId, tenantId = '' }: Who, tripId: string) {
  const ids = { assignmentId: newId(), tenantId, tripId, driverUserId }
  await suite.publish(DriverAssignedSchema, tripId, ids)
  await suite.settle()
  return ids
}

/** Has a company's seats released when their passengers miss the bus, or kept. */
export async function setRelease(suite: Suite, tenantId: string, releaseNoShows: boolean) {
  await suite.client(BoardingService, dispatcher(tenantId)).setBoardingRules({ rules: { releaseNoShows } })
}

/** Reports that a trip departed or arrived, as company does. */
export async function report(suite: Suite, tenantId: string, tripId: string, newState: TripState, revision: bigint) {
  await suite.publish(TripStatusChangedSchema, tripId, { tenantId, tripId, newState, revision })
  await suite.settle()
}
