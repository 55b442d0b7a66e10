import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { moneyToProto } from '#kit'
import {
  type CancellationReportSchema,
  TripChoice_Decider as Decider,
  TripChoice_State as State,
  type TripChoiceSchema,
} from '#gen/tms/ticketing/v1/trip_choice_pb.ts'
import type { Booking } from '../domain/booking.ts'
import type { Rider } from '../domain/swap.ts'
import type { TripChoice } from '../domain/trip_choice.ts'
import type { CancellationSums } from '../store/cancellations.ts'
import { destinationToProto, originToProto } from './ride.ts'

/** What a passenger is asked, with the ride that is kept. */
export function choiceToProto(
  choice: TripChoice,
  { bookingCode, total }: Booking,
  { booking: replacement, ride }: Rider,
): MessageInitShape<typeof TripChoiceSchema> {
  const { choiceId, bookingId, tripId, reason, replacementBookingId, deadlineTime, decideTime, decider } = choice
  return {
    ...{ choiceId, bookingId, bookingCode, tripId, reason, replacementBookingId },
    state: State[choice.state],
    deadlineTime: timestampFromDate(deadlineTime),
    refund: moneyToProto(total),
    replacementTripId: replacement.tripId,
    origin: originToProto(ride.origin),
    destination: destinationToProto(ride.destination),
    seatLabels: replacement.passengers.map(({ seatLabel }) => seatLabel),
    serviceDate: ride.trip.serviceDate,
    timeZone: ride.trip.timeZone,
    decider: decider && Decider[decider],
    decideTime: decideTime && timestampFromDate(decideTime),
  }
}

/** The sums of a cancelled trip. */
export function reportToProto(
  tripId: string,
  sums: CancellationSums,
): MessageInitShape<typeof CancellationReportSchema> {
  return {
    tripId,
    soldCount: sums.sold.count,
    sold: moneyToProto(sums.sold.amount),
    refundedCount: sums.refunded.count,
    refunded: moneyToProto(sums.refunded.amount),
    settled: moneyToProto(sums.settled.amount),
    movedCount: sums.moved.count,
    moved: moneyToProto(sums.moved.amount),
    waitingCount: sums.waiting.count,
    waiting: moneyToProto(sums.waiting.amount),
    lateCount: sums.late.count,
    late: moneyToProto(sums.late.amount),
  }
}
