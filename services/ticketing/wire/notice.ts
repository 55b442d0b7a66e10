import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { NoticeSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { Booking } from '../domain/booking.ts'
import type { Ride } from '../domain/ride.ts'

/** Whom to tell, and about which ride. */
export function noticeOf(
  booking: Pick<Booking, 'userId' | 'phone' | 'email' | 'language'>,
  { trip, origin, destination }: Ride,
) {
  return {
    companyName: trip.companyName,
    userId: booking.userId,
    phone: booking.phone,
    email: booking.email,
    language: booking.language,
    origin: origin.stopName,
    destination: destination.stopName,
    departureTime: timestampFromDate(origin.departureTime),
    timeZone: trip.timeZone,
    serviceDate: trip.serviceDate,
  } satisfies MessageInitShape<typeof NoticeSchema>
}
