import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import {
  type BoardingService,
  ExportManifestRequest_Format as Format,
} from '#gen/tms/ticketing/v1/boarding_service_pb.ts'
import { LuggageMove } from '#gen/tms/ticketing/v1/luggage_pb.ts'
import type { LuggageService } from '#gen/tms/ticketing/v1/luggage_service_pb.ts'
import { id } from '../world/companies.ts'
import { type AttemptsAt, beside, own, refused, unknown } from './attempts.ts'

export const atBoarding: AttemptsAt<typeof BoardingService> = (theirs, ours) => {
  const { tripId, ticket, ridden } = theirs
  const { ticketId, code } = ticket
  const scan = { scanId: id(), ticketId, stopSequence: 0, deviceTime: timestampFromDate(new Date(0)) }
  const sale = { fromSequence: 0, toSequence: 2, passengers: [{ name: 'Taker' }] }
  return {
    getManifest: unknown({ tripId }),
    exportManifest: unknown({ tripId, format: Format.CSV }),
    findPassengers: unknown({ tripId, text: '1A' }),
    boardPassenger: refused({ scanId: id(), ticketId, tripId, stopSequence: 0 }),
    leaveStop: refused({ tripId, stopSequence: 0 }),
    markNoShow: refused({ ticketId }),
    reinstatePassenger: refused({ ticketId }),
    sellAtDoor: refused({ bookingId: id(), tripId, ...sale }),
    setPassengerNote: refused({ ticketId, note: 'rivalry' }),
    uploadScans: beside(
      { deviceId: 'rival', scans: [{ ...scan, tripId, code }] },
      { deviceId: 'rival', scans: [{ ...scan, scanId: id(), tripId: ours.tripId, code: '' }] },
      { deviceId: 'rival', scans: [{ ...scan, scanId: ridden.bookingId, tripId, code: '' }] },
    ),
    listScanConflicts: own({ tripId }),
    getBoardingRules: own({}),
    setBoardingRules: own({ rules: { releaseNoShows: true } }),
  }
}

export const atLuggage: AttemptsAt<typeof LuggageService> = ({ tripId, ticket, phone }) => {
  const { ticketId } = ticket
  const person = { name: 'Taker', phone }
  const parcel = { fromSequence: 0, toSequence: 2, sender: person, recipient: person, piece: {} }
  return {
    registerLuggage: refused({ registrationId: id(), ticketId, pieces: [{}] }),
    registerParcel: refused({ registrationId: id(), tripId, ...parcel }),
    listLuggage: unknown({ tripId }),
    getLuggage: refused(
      { piece: { case: 'itemId', value: id() } },
      { piece: { case: 'tagNumber', value: 'K7QM2XPA' } },
    ),
    moveLuggage: refused({ itemId: id(), move: LuggageMove.LOAD, stopSequence: 0 }),
    rerouteLuggage: refused({ rerouteId: id(), itemIds: [id()], way: { tripId, fromSequence: 0, toSequence: 2 } }),
  }
}
