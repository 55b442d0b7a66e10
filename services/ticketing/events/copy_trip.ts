import { on } from '#kit'
import { TripScheduledSchema } from '#gen/tms/company/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { signMoves } from '../steps/seat_riders.ts'
import { takeSnapshot } from '../steps/take_snapshot.ts'
import { snapshotOf } from '../wire/snapshot.ts'

/** A trip is on sale, or changed: the newest snapshot is our copy, and nobody who bought a seat is left without one. */
export const copyTrip = on(
  TripScheduledSchema,
  {
    prepare: async (ctx: Ctx, event) => {
      if (!event.trip) return undefined
      const snapshot = snapshotOf(event, event.trip)
      return { snapshot, moves: await signMoves(ctx, snapshot) }
    },
    apply: async (ctx: Ctx, tx, _event, prepared) => {
      if (prepared) await takeSnapshot(tx, ctx, prepared.snapshot, prepared.moves)
    },
  },
  { name: 'copy-trip' },
)
