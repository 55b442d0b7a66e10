import type { MessageInitShape } from '@bufbuild/protobuf'
import type { BusSwapPlanSchema } from '#gen/tms/ticketing/v1/bus_swap_pb.ts'
import { isMoved, type SwapPlan } from '../domain/swap.ts'
import type { LentSeats } from '../store/pos/leases.ts'
import { classToProto } from './classes.ts'

/** What a swap means, on the wire. */
export function planToProto(
  plan: SwapPlan,
  tripId: string,
  bus: { readonly busId: string; readonly plate: string; readonly seats: readonly unknown[] },
  lent: readonly LentSeats[],
): MessageInitShape<typeof BusSwapPlanSchema> {
  const seats = plan.seated.flatMap(({ booking, seats }) => seats.map((one) => ({ ...one, booking })))
  const moved = seats.filter(isMoved)
  return {
    tripId,
    busId: bus.busId,
    busPlate: bus.plate,
    seatCount: bus.seats.length,
    keptCount: seats.length - moved.length,
    moves: moved.map(({ booking, passenger, seat }) => ({
      bookingId: booking.bookingId,
      bookingCode: booking.bookingCode,
      passengerName: passenger.name,
      oldSeatLabel: passenger.seatLabel,
      newSeatLabel: seat.label,
      seatClass: classToProto(seat.seatClass),
      held: booking.state === 'HELD',
    })),
    unseated: plan.unseated.map(({ booking }) => ({
      bookingId: booking.bookingId,
      bookingCode: booking.bookingCode,
      passengerNames: booking.passengers.map(({ name }) => name),
      fromSequence: booking.fromSequence,
      toSequence: booking.toSequence,
      held: booking.state === 'HELD',
    })),
    shortages: plan.shortages.map(({ leg, seatClass, needed, there }) => ({
      fromSequence: leg,
      seatClass: classToProto(seatClass),
      needed,
      available: there,
    })),
    lentSeats: lent.map((one) => ({ ...one, seatLabels: [...one.seatLabels] })),
  }
}
