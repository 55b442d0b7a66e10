import type { Session, Tx } from '#kit'
import type { Ctx } from '../context.ts'
import type { TripSheet } from '../domain/manifest.ts'
import { driverOf } from '../store/crew.ts'
import { listRiders, type Rider } from '../store/manifest.ts'
import { reachTrip } from './crew.ts'

/** A trip, its driver and its passengers, as read at an instant. */
export type ManifestOf = {
  readonly sheet: TripSheet
  readonly riders: readonly Rider[]
  readonly driver: { readonly userId: string; readonly name: string }
  readonly now: Date
}

/**
 * Reads the manifest of a trip that the caller may board.
 *
 * @throws {ConnectError} TRIP_UNKNOWN, NOT_YOUR_TRIP
 */
export async function readManifest(ctx: Ctx, session: Session, tripId: string): Promise<ManifestOf> {
  const found = await ctx.db.transaction((tx) => readAll(tx, session, tripId))
  const { driverId, ...rest } = found
  const driver = { userId: driverId ?? '', name: driverId === undefined ? '' : await nameOf(ctx, driverId) }
  return { ...rest, driver, now: ctx.clock.now() }
}

async function readAll(tx: Tx, session: Session, tripId: string) {
  const sheet = await reachTrip(tx, session, tripId)
  return { sheet, riders: await listRiders(tx, tripId), driverId: await driverOf(tx, tripId) }
}

/** A list without the driver's name is better than none. */
async function nameOf(ctx: Ctx, userId: string): Promise<string> {
  try {
    const { users } = await ctx.peers.auth.batchGetUsers({ userIds: [userId] })
    return users[0]?.displayName ?? ''
  } catch (err) {
    ctx.log.warn({ err }, 'the driver of a manifest could not be named')
    return ''
  }
}
