import type { Booking } from '@tms/sdk/passenger'
import { dateOf } from './time.ts'

/** A ride as an entry of a calendar (RFC 5545). */
export function icsOf(booking: Booking): string {
  const { origin, destination, bookingId, bookingCode, companyName, passengers } = booking
  const seats = passengers.map(({ seatLabel }) => seatLabel).join(', ')
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//TMS//Portal//EN',
    'BEGIN:VEVENT',
    `UID:${bookingId}`,
    `DTSTAMP:${stamp(dateOf(booking.createTime))}`,
    `DTSTART:${stamp(dateOf(origin?.time))}`,
    `DTEND:${stamp(dateOf(destination?.time))}`,
    `SUMMARY:${escaped(`${origin?.stopName ?? ''} → ${destination?.stopName ?? ''} (${companyName})`)}`,
    `LOCATION:${escaped(origin?.stopName ?? '')}`,
    `DESCRIPTION:${escaped(`${bookingCode}, ${seats}`)}`,
    'END:VEVENT',
    'END:VCALENDAR',
  ]
  return lines.flatMap(folded).join('\r\n') + '\r\n'
}

function stamp(at: Date): string {
  return at.toISOString().replaceAll(/[-:]|\.\d+/g, '')
}

function escaped(text: string): string {
  return text.replaceAll(/[\\;,]/g, (sign) => `\\${sign}`).replaceAll(/\r?\n/g, '\\n')
}

/** Lines have at most 75 octets; a character of UTF-8 has at most 4, so 18 characters always fit. */
function folded(line: string): string[] {
  const parts = /^[ -~]*$/.test(line) ? line.match(/.{1,73}/gu) : line.match(/.{1,18}/gu)
  return (parts ?? []).map((part, index) => (index === 0 ? part : ` ${part}`))
}
