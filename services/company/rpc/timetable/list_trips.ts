import type { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import { TripState } from '#gen/tms/company/v1/trip_pb.ts'
import { type Handler, nextPageToken } from '#kit'
import type { Ctx } from '../../context.ts'
import { listTrips as readTrips, type TripCursor } from '../../store/trips.ts'
import { given, nameIfGiven } from '../../wire/names.ts'
import { requireDate, tenantOf } from '../common.ts'
import { pageFrom } from '../paging.ts'
import { tripsToProto } from './trip_view.ts'

/** Lists trips by departure. */
export const listTrips =
  (ctx: Ctx): Handler<typeof TimetableService.method.listTrips> =>
  async (req, call) => {
    requireDate(req.fromDate)
    requireDate(req.toDate)
    const tenantId = tenantOf(call)
    const page = pageFrom<TripCursor>(req, { departureTime: 'time', tripId: 'uuid' })
    const filter = {
      ...page,
      fromDate: given(req.fromDate),
      toDate: given(req.toDate),
      routeId: given(req.routeId),
      scheduleId: given(req.scheduleId),
      state: nameIfGiven(TripState, req.state),
      busId: given(req.busId),
      driverUserId: given(req.driverUserId),
    }
    return ctx.db.transaction(async (tx) => {
      const rows = await readTrips(tx, tenantId, filter)
      return {
        trips: await tripsToProto(tx, tenantId, rows),
        nextPageToken: nextPageToken(rows, page.limit, ({ departureTime, tripId }) => ({
          departureTime: departureTime.toISOString(),
          tripId,
        })),
      }
    })
  }
