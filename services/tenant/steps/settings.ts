import type { Settings } from '#gen/tms/tenant/v1/tenant_pb.ts'
import { isTimeZone } from '../domain/settings.ts'
import { refuse } from '../errors.ts'
import type { TenantRow } from '../store/schema.ts'

/**
 * Reads settings from a request.
 *
 * @throws {ConnectError} INVALID_ARGUMENT / TIME_ZONE_UNKNOWN
 */
export function settingsFrom(wire: Settings | undefined): Pick<TenantRow, 'currency' | 'timeZone' | 'languages'> {
  const { currency = '', timeZone = '', languages = [] } = wire ?? {}
  if (isTimeZone(timeZone)) return { currency, timeZone, languages }
  const fields = [{ field: 'settings.time_zone', description: 'is not a time zone of the IANA database' }]
  throw refuse('TIME_ZONE_UNKNOWN', `there is no time zone ${timeZone}`, {}, { fields })
}
