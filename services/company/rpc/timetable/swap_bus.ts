import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { BusSwappedSchema } from '#gen/tms/company/v1/events_pb.ts'
import type { SwapBusRequest, TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import { type Handler, sessionOf, type Tx } from '#kit'
import { announceTrips } from '../../announce.ts'
import type { Ctx } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { requireBusFree } from '../../planning/require_free.ts'
import { rulesOf, turnEnd } from '../../planning/rules.ts'
import { type BusSwapRow, insertSwap } from '../../store/bus_swaps.ts'
import { type TripRow, updateTrip } from '../../store/trips.ts'
import { insertAs, tenantOf } from '../common.ts'
import { busBusy, requireActiveBus, requireBus, requireTripLocked } from '../required.ts'

/** Puts another bus on a trip that has one, also on its way; whoever asks has seen to the passengers. */
export const swapBus =
  (ctx: Ctx): Handler<typeof TimetableService.method.swapBus> =>
  async (req, call) => {
    const tenantId = tenantOf(call)
    const { userId } = sessionOf(call)
    return ctx.db.once(call, req, async (tx) => {
      const { trip, oldBusId } = await swappable(tx, tenantId, req)
      const bus = await requireActiveBus(tx, tenantId, req.busId)
      await requireBusFree(tx, trip, bus.busId)
      const now = ctx.clock.now()
      const turnEndTime = turnEnd(trip.arrivalTime, await rulesOf(tx, tenantId))
      const change = { busId: bus.busId, layoutId: bus.layoutId, turnEndTime }
      const changed = await updateTrip(tx, trip, change, now).catch((err: unknown) => {
        throw busBusy(err, req.busId)
      })
      const { swapId, tripId, reason } = req
      const swap = {
        tenantId,
        swapId,
        tripId,
        oldBusId,
        newBusId: bus.busId,
        reason,
        swapUserId: userId,
        swapTime: now,
      }
      await insertAs(swapId, () => insertSwap(tx, swap))
      await publishSwap(tx, swap, changed, bus.plate)
      const [told] = await announceTrips(tx, tenantId, [changed])
      ctx.happened('bus_swapped', { trip_id: tripId, swap_id: swapId })
      return { trip: told }
    })
  }

/** @throws {ConnectError} TRIP_UNKNOWN, TRIP_NOT_EDITABLE: the trip is over, or has no bus to be swapped */
async function swappable(tx: Tx, tenantId: string, { tripId }: SwapBusRequest) {
  const trip = await requireTripLocked(tx, tenantId, tripId)
  const over = trip.state === 'ARRIVED' || trip.state === 'CANCELLED'
  if (over || trip.busId === null) {
    const why = over ? `the trip is ${trip.state.toLowerCase()}` : 'the trip has no bus yet: assign one'
    throw refuse('TRIP_NOT_EDITABLE', why, { trip_id: tripId, state: trip.state })
  }
  return { trip, oldBusId: trip.busId }
}

async function publishSwap(tx: Tx, swap: BusSwapRow, { revision }: TripRow, newBusPlate: string): Promise<void> {
  const { tenantId, tripId, swapId, oldBusId, newBusId, reason } = swap
  const { plate: oldBusPlate } = await requireBus(tx, tenantId, oldBusId)
  const ids = { tenantId, tripId, swapId, revision, reason }
  const buses = { oldBusId, oldBusPlate, newBusId, newBusPlate }
  await tx.publish(BusSwappedSchema, tripId, { ...ids, ...buses, swapTime: timestampFromDate(swap.swapTime) })
}
