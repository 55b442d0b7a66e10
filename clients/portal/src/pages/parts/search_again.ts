import type { Booking } from '@tms/sdk/passenger'
import { paths } from '../../app/routes.ts'

/** The buses between the towns of a booking on its day. */
export function searchAgain({ origin, destination, serviceDate }: Booking): string {
  const nameOf = (point: Booking['origin']) => point?.town || (point?.stopName ?? '')
  return paths.search({ from: nameOf(origin), to: nameOf(destination), date: serviceDate })
}
