import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import type { TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import { type Handler, sessionOf } from '#kit'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { accessOf } from '../live/access.ts'
import { type Journey, journeysOf } from '../store/journeys.ts'
import { readProgress } from '../store/progress.ts'

export const getTripArrivals =
  (ctx: Ctx): Handler<typeof TrackingService.method.getTripArrivals> =>
  async ({ tripId }, call) => {
    const [granted = []] = await accessOf(ctx)([{ session: sessionOf(call), topic: { kind: 'trip', id: tripId } }])
    if (granted.length === 0) throw refuse('TRIP_UNKNOWN', 'there is no such trip')
    // The passenger belongs to no company; that he may see this trip was decided above.
    const [journey] = await journeysOf(ctx.db.system, [tripId])
    const found = await readProgress(ctx.redis, ctx.redisPrefix, [tripId]).catch((err: unknown) => {
      ctx.log.debug({ err }, 'Redis does not answer')
      throw refuse('LOCATIONS_UNAVAILABLE', 'where buses are now cannot be read at this moment')
    })
    const known = found.get(tripId)
    if (!journey || known?.revision !== journey.revision || !isOnItsWay(journey)) return {}
    return {
      positionTime: timestampFromMs(known.progress.timeMs),
      arrivals: known.predictions.map(({ stop, timeMs, earlyMs, lateMs }) => ({
        sequence: stop,
        stopId: journey.calls[stop]!.stopId,
        scheduledTime: timestampFromMs(journey.calls[stop]!.arrivalMs),
        predictedTime: timestampFromMs(timeMs),
        earlyTime: timestampFromMs(earlyMs),
        lateTime: timestampFromMs(lateMs),
      })),
    }
  }

const isOnItsWay = ({ state }: Journey) => state !== 'ARRIVED' && state !== 'CANCELLED'
