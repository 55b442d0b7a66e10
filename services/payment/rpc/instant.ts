import type { Timestamp } from '@bufbuild/protobuf/wkt'
import { invalidTransfer } from '../convert_ledger.ts'

/** Years 1 to 9999, as protobuf allows; a caller may send any number. */
const LEAST_SECONDS = -62_135_596_800n
const MOST_SECONDS = 253_402_300_799n

/**
 * An instant of a request.
 *
 * @throws {ConnectError} INVALID_ARGUMENT with the name of the field, for a time that no calendar has
 */
export function instantOf({ seconds, nanos }: Timestamp, field: string): Date {
  if (seconds < LEAST_SECONDS || seconds > MOST_SECONDS || nanos < 0 || nanos > 999_999_999) {
    throw invalidTransfer([{ field, description: 'is no time between the years 1 and 9999' }])
  }
  return new Date(Number(seconds) * 1_000 + Math.floor(nanos / 1_000_000))
}
