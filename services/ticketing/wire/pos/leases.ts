import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { moneyToProto } from '#kit'
import { SeatLease_State as State, type SeatLeaseSchema } from '#gen/tms/ticketing/v1/point_of_sale_pb.ts'
import type { LeasedSeat } from '../../domain/pos/plan_sale.ts'
import { pricesOfOffer, type TermsByVersion } from '../../domain/pos/offer.ts'
import type { Ride } from '../../domain/ride.ts'
import type { Lease } from '../../store/pos/leases.ts'
import { classToProto } from '../classes.ts'
import { destinationToProto, originToProto } from '../ride.ts'
import { travellerToProto } from '../sales_terms.ts'

/** A seat to be sold, with its tickets. */
export type ShownSeat = Pick<LeasedSeat, 'seatLabel' | 'seatClass' | 'bookingCode' | 'tickets'>

/**
 * A lease with the seats that are left.
 *
 * @param rides from the station to each stop where its passengers may get off
 * @param terms those that its tickets are offered under
 */
export function leaseToProto(
  lease: Lease,
  seats: readonly ShownSeat[],
  rides: readonly Ride[],
  terms: TermsByVersion,
): MessageInitShape<typeof SeatLeaseSchema> {
  const { leaseId, deviceId, tripId } = lease
  const [first] = rides
  const rideTo = new Map(rides.map((ride) => [ride.destination.sequence, ride]))
  return {
    ...{ leaseId, deviceId, tripId },
    ...(first && {
      routeName: first.trip.routeName,
      serviceDate: first.trip.serviceDate,
      timeZone: first.trip.timeZone,
      busPlate: first.trip.busPlate,
      origin: originToProto(first.origin),
    }),
    destinations: rides.map(({ destination }) => destinationToProto(destination)),
    seats: seats.map(({ seatLabel, seatClass, bookingCode, tickets }) => ({
      ...{ seatLabel, bookingCode },
      seatClass: classToProto(seatClass),
      tickets: tickets.map(({ ticketId, toSequence, code, offer }) => ({
        ...{ ticketId, toSequence, code },
        ...pricesToProto(pricesOfOffer(offer, seatClass, rideTo.get(toSequence)!, terms)),
      })),
    })),
    state: State[lease.state],
    createTime: timestampFromDate(lease.createTime),
    expireTime: timestampFromDate(lease.expireTime),
    graceEndTime: timestampFromDate(lease.graceEndTime),
  }
}

function pricesToProto({ adult, others }: ReturnType<typeof pricesOfOffer>) {
  return {
    price: moneyToProto(adult),
    otherPrices: others.map(({ traveller, price }) => ({ ...travellerToProto(traveller), price: moneyToProto(price) })),
  }
}
