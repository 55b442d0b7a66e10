import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { every } from '#kit'
import { VehicleWentOfflineSchema } from '#gen/tms/tracking/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { companiesWithSilentBuses, noteSilent } from '../store/watches.ts'

/** A bus on its way that is heard of no more is told of, once until it comes back. */
export const noteSilentBuses = every<Ctx>({ seconds: 15 }, 'note-silent-buses', async (ctx) => {
  const now = ctx.clock.now()
  const before = new Date(now.getTime() - ctx.settings.offlineSeconds * 1_000)
  // Of all companies; each is told in a transaction of its own.
  for (const tenantId of await companiesWithSilentBuses(ctx.db.system, before)) {
    await ctx.db.transaction(
      async (tx) => {
        for (const { busId, tripId = '', ...last } of await noteSilent(tx, before, now)) {
          const { latitudeDegrees, longitudeDegrees } = last
          const sampleTime = timestampFromDate(last.sampleTime)
          const sighting = { busId, tripId, sampleTime, latitudeDegrees, longitudeDegrees }
          await tx.publish(VehicleWentOfflineSchema, busId, { tenantId, sighting })
        }
      },
      { tenantId },
    )
  }
})
