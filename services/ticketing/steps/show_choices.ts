import type { MessageInitShape } from '@bufbuild/protobuf'
import type { Queries } from '#kit'
import type { TripChoiceSchema } from '#gen/tms/ticketing/v1/trip_choice_pb.ts'
import type { TripChoice } from '../domain/trip_choice.ts'
import { readBookings } from '../store/bookings.ts'
import { ridesOf } from '../store/rides.ts'
import { choiceToProto } from '../wire/choice.ts'

/** Some choices on the wire, each with the ride that is kept for it. */
export async function choicesToProto(
  db: Queries,
  choices: readonly TripChoice[],
): Promise<MessageInitShape<typeof TripChoiceSchema>[]> {
  const ids = choices.flatMap(({ bookingId, replacementBookingId }) => [bookingId, replacementBookingId])
  const bookings = await readBookings(db, ids)
  const rides = await ridesOf(db, bookings)
  const riders = new Map(bookings.map((booking, i) => [booking.bookingId, { booking, ride: rides[i]! }]))
  return choices.map((choice) =>
    choiceToProto(choice, riders.get(choice.bookingId)!.booking, riders.get(choice.replacementBookingId)!),
  )
}
