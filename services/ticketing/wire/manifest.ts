import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Session } from '#kit'
import type { ManifestPassengerSchema, ManifestSchema, ManifestStopSchema } from '#gen/tms/ticketing/v1/boarding_pb.ts'
import { TripState as WireTripState } from '#gen/tms/company/v1/trip_pb.ts'
import { countAt, countByClass, type ManifestCall, ridersAt } from '../domain/manifest.ts'
import type { ManifestOf } from '../steps/read_manifest.ts'
import type { Rider } from '../store/manifest.ts'
import { manifestToProto as entryToProto } from './booking.ts'
import { classToProto } from './classes.ts'

/** A manifest for one reader. Its counts are of the whole trip, also when only the passengers of one stop are listed. */
export function manifestToProto(
  manifest: ManifestOf,
  sequence: number | undefined,
  reader: Session,
): MessageInitShape<typeof ManifestSchema> {
  const { sheet, riders, driver, now } = manifest
  const { calls, seatCounts, state, ...facts } = sheet
  return {
    ...facts,
    state: WireTripState[state],
    driverUserId: driver.userId,
    driverName: driver.name,
    stops: calls.map((call) => stopToProto(call, riders)),
    classes: countByClass(riders, seatCounts).map((count) => ({
      seatClass: classToProto(count.seatClass),
      seatCount: count.seats,
      ticketCount: count.tickets,
      boardedCount: count.boarded,
      noShowCount: count.noShow,
    })),
    passengers: ridersAt(riders, sequence).map((rider) => riderToProto(rider, reader)),
    createTime: timestampFromDate(now),
  }
}

function stopToProto(call: ManifestCall, riders: readonly Rider[]): MessageInitShape<typeof ManifestStopSchema> {
  const { sequence, stopName, town, arrivalTime, departureTime, leaveTime } = call
  const count = countAt(riders, sequence)
  return {
    ...{ sequence, stopName, town },
    arrivalTime: timestampFromDate(arrivalTime),
    departureTime: timestampFromDate(departureTime),
    leaveTime: leaveTime && timestampFromDate(leaveTime),
    boardingCount: count.boarding,
    boardedCount: count.boarded,
    noShowCount: count.noShow,
    alightingCount: count.alighting,
    loadingCount: call.loading,
    unloadingCount: call.unloading,
  }
}

/** One passenger for the crew. */
export function riderToProto(rider: Rider, reader: Session): MessageInitShape<typeof ManifestPassengerSchema> {
  const { luggageCount, note } = rider
  return { entry: entryToProto(rider, reader), luggageCount, note }
}
