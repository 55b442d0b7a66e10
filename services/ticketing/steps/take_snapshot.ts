import type { Tx } from '#kit'
import type { Ctx } from '../context.ts'
import { copyTrip, type TripSnapshot } from '../store/trip_copy.ts'
import { toldOfTrip } from '../store/swaps.ts'
import { type Moves, seatRiders } from './seat_riders.ts'
import { tellNewTimes } from './tell_times.ts'
import { noteNewTrip } from './timetable_lists.ts'

/**
 * Takes a trip over as its company tells it, seats everybody on it anew where its seats changed, and tells new times.
 *
 * @param moves from {@link signMoves}: the tickets of those who are to be moved
 * @returns what became of its passengers; undefined when a newer snapshot is here already
 * @throws {BookingsMoved} when somebody must be moved whose ticket was not signed: then sign again
 */
export async function takeSnapshot(tx: Tx, ctx: Ctx, snapshot: TripSnapshot, moves: Moves) {
  const before = await toldOfTrip(tx, snapshot.tripId)
  const newer = await copyTrip(tx, snapshot)
  if (newer && before === undefined) tx.afterCommit(() => noteNewTrip(ctx, snapshot.departureTime))
  if (!newer || before === undefined) return undefined
  const plan = await seatRiders(tx, ctx, snapshot, before.busPlate, moves)
  await tellNewTimes(tx, ctx, plan.seated, { cause: 'TIMETABLE', was: before })
  return plan
}
