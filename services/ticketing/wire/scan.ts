import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import {
  type ScanConflictSchema,
  type ScanFactsSchema,
  ScanResult as WireResult,
} from '#gen/tms/ticketing/v1/scan_pb.ts'
import { ticketNumber } from '../domain/booking_code.ts'
import type { ScanConflict, ScanFacts } from '../store/scans.ts'

/** What uploaded scans have shown to be wrong. */
export function conflictToProto(conflict: ScanConflict): MessageInitShape<typeof ScanConflictSchema> {
  const { conflictId, tripId, ticketId, passenger, first } = conflict
  return {
    ...{ conflictId, tripId, ticketId },
    result: WireResult[conflict.result],
    scan: scanToProto(conflict.scan),
    firstScan: first && scanToProto(first),
    passengerName: passenger?.name ?? '',
    ticketNumber: passenger ? ticketNumber(passenger.bookingCode, passenger.position) : '',
    findTime: timestampFromDate(conflict.findTime),
  }
}

function scanToProto(scan: ScanFacts): MessageInitShape<typeof ScanFactsSchema> {
  const { scanId, deviceId, userId, sequence, deviceTime, receiveTime } = scan
  return {
    ...{ scanId, deviceId, userId },
    stopSequence: sequence,
    deviceTime: deviceTime && timestampFromDate(deviceTime),
    receiveTime: timestampFromDate(receiveTime),
  }
}
