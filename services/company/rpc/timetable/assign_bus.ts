import type { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import type { Handler, Tx } from '#kit'
import { announceTrips } from '../../announce.ts'
import type { Ctx } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { requireBusFree } from '../../planning/require_free.ts'
import { rulesOf, turnEnd } from '../../planning/rules.ts'
import { type TripRow, updateTrip } from '../../store/trips.ts'
import { requireEditable } from '../../trip_changes.ts'
import { givenOrNull } from '../../wire/names.ts'
import { tenantOf } from '../common.ts'
import { busBusy, requireActiveBus, requireTripLocked } from '../required.ts'
import { tripsToProto } from './trip_view.ts'

/** Puts a bus on a trip, or takes it off; the sellers are told of its seats. */
export const assignBus =
  (ctx: Ctx): Handler<typeof TimetableService.method.assignBus> =>
  async (req, call) => {
    const tenantId = tenantOf(call)
    return ctx.db.transaction(async (tx) => {
      const trip = await requireTripLocked(tx, tenantId, req.tripId)
      requireEditable(trip)
      const change = await busChange(tx, trip, givenOrNull(req.busId))
      const changed = await writeChange(ctx, tx, trip, change)
      const [view] = await tripsToProto(tx, tenantId, [changed])
      return { trip: view }
    })
  }

type BusChange = Pick<TripRow, 'busId' | 'layoutId' | 'turnEndTime'>

/** A trip that loses its bus goes on selling the seats it has: whoever bought one must find it in the next bus. */
async function busChange(tx: Tx, trip: TripRow, busId: string | null): Promise<BusChange> {
  const { tenantId, layoutId } = trip
  if (busId === null) return { busId, layoutId, turnEndTime: null }
  const bus = await requireActiveBus(tx, tenantId, busId)
  if (layoutId !== null && bus.layoutId !== layoutId) {
    throw refuse('SWAP_NEEDED', 'the trip sells other seats than this bus has: swap the bus', { layout_id: layoutId })
  }
  if (busId !== trip.busId) await requireBusFree(tx, trip, busId)
  const turnEndTime = turnEnd(trip.arrivalTime, await rulesOf(tx, tenantId))
  return { busId, layoutId: bus.layoutId, turnEndTime }
}

async function writeChange(ctx: Ctx, tx: Tx, trip: TripRow, change: BusChange): Promise<TripRow> {
  if (change.busId === trip.busId && change.layoutId === trip.layoutId) return trip
  const changed = await updateTrip(tx, trip, change, ctx.clock.now()).catch((err: unknown) => {
    throw busBusy(err, change.busId ?? '')
  })
  await announceTrips(tx, trip.tenantId, [changed])
  return changed
}
