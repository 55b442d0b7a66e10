import { durationFromMs } from '@bufbuild/protobuf/wkt'
import type { Handler } from '#kit'
import type { SupervisionService } from '#gen/tms/tracking/v1/supervision_service_pb.ts'
import type { Ctx } from '../context.ts'
import { scoreOf } from '../domain/score.ts'
import { refuse } from '../errors.ts'
import { drivesOf } from '../store/drives.ts'
import { hasTrip } from '../store/trips.ts'

/** More than a day of positions, one in each second. */
const MOST_POSITIONS = 100_000

export const listDriverScores =
  (ctx: Ctx): Handler<typeof SupervisionService.method.listDriverScores> =>
  async ({ tripId }) => {
    const drives = await ctx.db.transaction(async (tx) => {
      if (!(await hasTrip(tx, tripId))) throw refuse('TRIP_UNKNOWN', 'there is no such trip')
      return drivesOf(tx, tripId, MOST_POSITIONS)
    })
    const limit = ctx.settings.speedLimitKmh / 3.6
    const scores = [...drives].map(([driverUserId, positions]) => {
      const { score, ...drive } = scoreOf(positions, limit)
      return {
        tripId,
        driverUserId,
        distanceMeters: drive.distanceMeters,
        movingDuration: durationFromMs(drive.movingMs),
        harshBrakingCount: drive.harshBrakings,
        harshAccelerationCount: drive.harshAccelerations,
        speedingDuration: durationFromMs(drive.speedingMs),
        topSpeedMetersPerSecond: drive.topSpeedMetersPerSecond,
        ...(score === undefined ? {} : { score }),
      }
    })
    return { scores }
  }
