import { Code, ConnectError } from '@connectrpc/connect'
import { type Handler, type Tx } from '#kit'
import type { TripScheduled } from '#gen/tms/company/v1/events_pb.ts'
import type { DispatchService, SwapBusRequest } from '#gen/tms/ticketing/v1/dispatch_service_pb.ts'
import type { Ctx } from '../../context.ts'
import type { SwapPlan } from '../../domain/swap.ts'
import { refuse } from '../../errors.ts'
import { BookingsMoved, signMoves } from '../../steps/seat_riders.ts'
import { findBus, type OtherBus, planOnTrip } from '../../steps/plan_swap.ts'
import { takeSnapshot } from '../../steps/take_snapshot.ts'
import { lentOn } from '../../store/pos/leases.ts'
import { endPause, pauseSales } from '../../store/swaps.ts'
import { snapshotOf } from '../../wire/snapshot.ts'
import { planToProto } from '../../wire/swap.ts'

/** How long sales rest when nobody ends the rest: whoever swaps may be killed. */
const PAUSE_MS = 60_000

/** So often are tickets signed anew because bookings were paid or ended meanwhile. */
const ATTEMPTS = 5

/**
 * Puts another bus on a trip: sales rest, the passengers are seen to fit, the company's timetable is changed, and everybody
 * is moved. What a killed process leaves undone is done by the company's event.
 */
export const swapBus =
  (ctx: Ctx): Handler<typeof DispatchService.method.swapBus> =>
  async (req, call) => {
    const bus = await findBus(ctx, req.busId)
    const [planned, lent] = await ctx.db.transaction(
      async (tx) => [await planAndPause(tx, ctx, req, bus), await lentOn(tx, req.tripId)] as const,
    )
    const trip = await askCompany(ctx, req)
    try {
      const answer = await movingOn(ctx, trip, (take) =>
        ctx.db.once(call, req, async (tx) => {
          const plan = (await take(tx)) ?? planned
          tx.afterCommit(() => ctx.happened('bus_swapped', { trip_id: req.tripId, swap_id: req.swapId }))
          return { plan: planToProto(plan, req.tripId, bus, lent) }
        }),
      )
      return answer
    } finally {
      await resume(ctx, req)
    }
  }

/** @throws {ConnectError} TRIP_UNKNOWN, TRIP_OVER, BUS_TOO_SMALL */
async function planAndPause(tx: Tx, ctx: Ctx, req: SwapBusRequest, bus: OtherBus): Promise<SwapPlan> {
  const plan = await planOnTrip(tx, ctx, req.tripId, bus)
  if (plan.unseated.length > 0 && !req.refundUnseated) throw tooSmall(plan, bus)
  await pauseSales(tx, req.tripId, new Date(ctx.clock.now().getTime() + PAUSE_MS))
  return plan
}

function tooSmall({ unseated }: SwapPlan, { seats, plate }: OtherBus) {
  const passengers = unseated.reduce((sum, { booking }) => sum + booking.passengers.length, 0)
  return refuse('BUS_TOO_SMALL', `${plate} has no seats for ${passengers} passengers of ${unseated.length} bookings`, {
    seats: String(seats.length),
    unseated_bookings: String(unseated.length),
    unseated_passengers: String(passengers),
  })
}

/** The company's word on the swap. Its refusal ends the rest; without a word nobody knows, and the rest runs out. */
async function askCompany(ctx: Ctx, req: SwapBusRequest): Promise<TripScheduled> {
  const { swapId, tripId, busId, reason } = req
  try {
    const { trip } = await ctx.peers.timetable.swapBus({ swapId, tripId, busId, reason })
    if (trip) return trip
    throw new Error('company swapped a bus and did not say what the trip is now')
  } catch (err) {
    if (isRefusal(err)) await resume(ctx, req)
    throw err
  }
}

const refusals: readonly Code[] = [
  Code.NotFound,
  Code.FailedPrecondition,
  Code.InvalidArgument,
  Code.PermissionDenied,
  Code.AlreadyExists,
]

function isRefusal(err: unknown): boolean {
  return err instanceof ConnectError && refusals.includes(err.code)
}

/** Takes the trip over, again while bookings move on between the signing of their tickets and the taking over. */
async function movingOn<T>(
  ctx: Ctx,
  told: TripScheduled,
  attempt: (take: (tx: Tx) => Promise<SwapPlan | undefined>) => Promise<T>,
): Promise<T> {
  if (!told.trip) throw new Error('company told of no trip')
  const snapshot = snapshotOf(told, told.trip)
  for (let i = 1; ; i++) {
    const moves = await signMoves(ctx, snapshot)
    try {
      return await attempt((tx) => takeSnapshot(tx, ctx, snapshot, moves))
    } catch (err) {
      if (!(err instanceof BookingsMoved)) throw err
      if (i === ATTEMPTS) throw refuse('TRIP_CHANGED', 'bookings kept changing; the swap goes on by itself')
    }
  }
}

async function resume(ctx: Ctx, { tripId }: SwapBusRequest): Promise<void> {
  await ctx.db.transaction((tx) => endPause(tx, tripId))
}
