import type { Tx } from '#kit'
import type { Ctx } from '../context.ts'
import { copyTrip, type TripSnapshot } from '../store/trip_copy.ts'
import { plateOf } from '../store/swaps.ts'
import { type Moves, seatRiders } from './seat_riders.ts'

/**
 * Takes a trip over as its company tells it, and seats everybody on it anew where its seats changed.
 *
 * @param moves from {@link signMoves}: the tickets of those who are to be moved
 * @returns what became of its passengers; undefined when a newer snapshot is here already
 * @throws {BookingsMoved} when somebody must be moved whose ticket was not signed: then sign again
 */
export async function takeSnapshot(tx: Tx, ctx: Ctx, snapshot: TripSnapshot, moves: Moves) {
  const oldPlate = await plateOf(tx, snapshot.tripId)
  const newer = await copyTrip(tx, snapshot)
  if (!newer || oldPlate === undefined) return undefined
  return seatRiders(tx, ctx, snapshot, oldPlate, moves)
}
