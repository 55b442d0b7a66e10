/** Buses on a map: `for await (const { state, updates } of followTrip(tms, tripId)) …`. A page loads it when it shows one. */
import type { TmsCore } from '../core.ts'
import { Follower, type FollowOptions } from './follower.ts'

export { Follower, type FollowNews, type FollowOptions, type FollowState } from './follower.ts'
export type { Position, PositionUpdate } from '../../../../gen/tms/tracking/v1/position_pb.ts'

/** What following needs of a client. */
export type FollowClient = Pick<TmsCore, 'client'> & { readonly session: FollowSession }

type FollowSession = Pick<TmsCore['session'], 'token' | 'renewAfter' | 'onToken'>

/** Follows the bus of a trip: for who holds a ticket for it, and for the company's staff. */
export function followTrip(tms: FollowClient, tripId: string, options?: FollowOptions): Follower {
  return new Follower(tms, { kind: 'trip', id: tripId }, options)
}

/** Follows a bus: for the company's staff, and for a passenger while it runs a trip of his. */
export function followBus(tms: FollowClient, busId: string, options?: FollowOptions): Follower {
  return new Follower(tms, { kind: 'bus', id: busId }, options)
}

/** Follows every bus of a company: for its staff with `tracking.fleet.read`. */
export function followFleet(tms: FollowClient, tenantId: string, options?: FollowOptions): Follower {
  return new Follower(tms, { kind: 'company', id: tenantId }, options)
}
