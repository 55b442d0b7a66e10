import { create } from '@bufbuild/protobuf'
import { type Handler, isConstraint, sessionOf, type Tx } from '#kit'
import {
  LeaseSeatsResponseSchema,
  type LeaseSeatsRequest,
  type PointOfSaleService,
} from '#gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import { refuse } from '../../errors.ts'
import type { Ctx } from '../../context.ts'
import { leaveTheirLevels } from '../../steps/pos/offers.ts'
import { exhausted, planLease } from '../../steps/pos/plan_lease.ts'
import { assertActive, reachDevice } from '../../steps/pos/reach_device.ts'
import { showLease } from '../../steps/pos/show_lease.ts'
import { lockLevels } from '../../store/leg_loads.ts'
import { lockDevice } from '../../store/pos/devices.ts'
import { type Lease, type LeasePlan, lendSeats, openSeatsOf, readLease } from '../../store/pos/leases.ts'

/** Other devices may take the same free seats at the same moment: then others are looked for, so often. */
const ATTEMPTS = 8

/** Every seat that was chosen, or the level that it was offered at, went to somebody else meanwhile. */
class SeatsGone extends Error {}

/** Lends seats to a device: their tickets are signed first, then the database decides who has them. */
export const leaseSeats =
  (ctx: Ctx): Handler<typeof PointOfSaleService.method.leaseSeats> =>
  async (req, call) => {
    const device = await reachDevice(ctx, sessionOf(call), req.deviceId)
    const known = await ctx.db.transaction((tx) => readLease(tx, req.leaseId))
    if (!known) assertActive(device)
    for (let attempt = 1; ; attempt++) {
      // A repeat of a lease that was taken needs no tickets: its answer is kept.
      const plan = known ? undefined : await planLease(ctx, device, req)
      try {
        return await ctx.db.once(call, req, async (tx) => {
          if (!plan) throw idTaken(req.leaseId)
          return create(LeaseSeatsResponseSchema, { lease: await lend(tx, ctx, plan, req) })
        })
      } catch (err) {
        if (isConstraint(err, 'seat_lease_pkey')) throw idTaken(req.leaseId)
        const again = err instanceof SeatsGone || isConstraint(err, 'seat_lease_seat_code_key')
        if (!again) throw err
        if (attempt === ATTEMPTS) throw exhausted(req.tripId)
      }
    }
  }

/** @throws {ConnectError} TRIP_CHANGED, SEAT_TAKEN, LEASE_LIMIT */
async function lend(tx: Tx, ctx: Ctx, plan: LeasePlan, req: LeaseSeatsRequest) {
  const limit = ctx.settings.leaseSeats
  const device = await lockDevice(tx, plan.deviceId)
  if (device) assertActive(device)
  if ((await openSeatsOf(tx, plan.deviceId, plan.tripId)) + plan.seats.length > limit) {
    throw refuse('LEASE_LIMIT', `a device may have ${limit} unsold seats of a trip`, { limit: String(limit) })
  }
  const hasLevels = plan.terms.levels.length > 0
  if (hasLevels) await lockLevels(tx, plan.tripId)
  const lent = await lendSeats(tx, plan)
  if (!lent) throw refuse('TRIP_CHANGED', 'the trip was changed at this moment; ask again')
  const seats = plan.seats.filter(({ seatLabel }) => lent.includes(seatLabel))
  const missing = plan.seats.find(({ seatLabel }) => !lent.includes(seatLabel))
  if (missing && req.seatLabels.length > 0) {
    throw refuse('SEAT_TAKEN', `seat ${missing.seatLabel} is taken`, { seat: missing.seatLabel })
  }
  if (seats.length === 0) throw new SeatsGone('somebody else was faster')
  if (hasLevels && !(await leaveTheirLevels(tx, plan, seats, plan.createTime)))
    throw new SeatsGone('others were faster')
  tx.afterCommit(() => ctx.happened('seats_leased', { lease_id: plan.leaseId, seats: seats.length }))
  const lease: Lease = { ...plan, state: 'ACTIVE' }
  return showLease(tx, lease, seats)
}

function idTaken(leaseId: string) {
  return refuse('ID_TAKEN', 'somebody else took a lease of this id', { lease_id: leaseId })
}
