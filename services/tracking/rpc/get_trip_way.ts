import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import type { TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import { type Handler, sessionOf } from '#kit'
import { pathOf } from '../arrivals/way.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { accessOf } from '../live/access.ts'
import { journeysOf } from '../store/journeys.ts'

export const getTripWay =
  (ctx: Ctx): Handler<typeof TrackingService.method.getTripWay> =>
  async ({ tripId }, call) => {
    const [granted = []] = await accessOf(ctx)([{ session: sessionOf(call), topic: { kind: 'trip', id: tripId } }])
    if (granted.length === 0) throw refuse('TRIP_UNKNOWN', 'there is no such trip')
    // The passenger belongs to no company; that he may see this trip was decided above.
    const [journey] = await journeysOf(ctx.db.system, [tripId])
    if (!journey) return {}
    return {
      pathPolyline: await pathOf(ctx, journey),
      stops: journey.calls.map(({ sequence, stopId, stopName = '', town = '', ...call }, i) => ({
        sequence,
        stopId,
        stopName,
        town,
        location: { latitudeDegrees: call.latitudeDegrees, longitudeDegrees: call.longitudeDegrees },
        scheduledTime: timestampFromMs(i === 0 ? call.departureMs : call.arrivalMs),
      })),
    }
  }
