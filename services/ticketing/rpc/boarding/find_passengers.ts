import { type Handler, sessionOf } from '#kit'
import type { BoardingService } from '#gen/tms/ticketing/v1/boarding_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { ticketNumber } from '../../domain/booking_code.ts'
import { isMeant } from '../../domain/manifest.ts'
import { reachTrip } from '../../steps/crew.ts'
import { listRiders } from '../../store/manifest.ts'
import { riderToProto } from '../../wire/manifest.ts'

/** Finds passengers of a trip who come without a code. A bus has few enough to look at all of them. */
export const findPassengers =
  (ctx: Ctx): Handler<typeof BoardingService.method.findPassengers> =>
  async ({ tripId, text }, call) => {
    const session = sessionOf(call)
    const riders = await ctx.db.transaction(async (tx) => {
      await reachTrip(tx, session, tripId)
      return listRiders(tx, tripId)
    })
    const found = riders.filter((rider) =>
      isMeant({ ...rider, ticketNumber: ticketNumber(rider.bookingCode, rider.position) }, text),
    )
    return { passengers: found.map((rider) => riderToProto(rider, session)) }
  }
