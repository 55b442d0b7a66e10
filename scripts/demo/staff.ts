import type { Booking } from '#gen/tms/ticketing/v1/booking_pb.ts'
import { TripState } from '#gen/tms/company/v1/trip_pb.ts'
import { checkTicket, importTicketKeys, reasonOf, type Tms } from '../../clients/sdk/src/node.ts'
import { prove } from './story.ts'

const nothing = { revoked: new Set<string>(), boarded: new Set<string>() }

/** Checks a ticket by public keys alone, and a copy with one letter changed. */
export async function offline(tms: Tms, code: string, booking: Booking) {
  const { keys } = await tms.qr.listVerificationKeys({})
  const ring = await importTicketKeys(keys)
  const { tenantId, tripId } = booking
  const bus = { tenantId, tripId, stopSequence: booking.origin?.sequence ?? 0, now: new Date() }
  const good = await checkTicket(code, ring, bus, nothing)
  prove(good.result === 'VALID', `the ticket is ${good.result}`)
  const middle = Math.floor(code.length / 2)
  const letter = code[middle] === 'A' ? 'B' : 'A'
  const copy = await checkTicket(`${code.slice(0, middle)}${letter}${code.slice(middle + 1)}`, ring, bus, nothing)
  prove(copy.result !== 'VALID', 'a changed copy passes')
  return [undefined, `the ticket is ${good.result}, the copy ${copy.result}`] as const
}

/** Boards a ticket, and scans it once more. */
export async function scanned(driver: Tms, manager: Tms, code: string, booking: Booking) {
  const { tripId } = booking
  const { trip } = await manager.timetable.getTrip({ tripId })
  if (trip?.state === TripState.SCHEDULED) {
    await driver.timetable.changeTripState({ tripId, state: TripState.BOARDING })
  }
  const scan = { code, tripId, stopSequence: booking.origin?.sequence ?? 0, deviceId: 'demo' }
  await driver.ticketing.boardTicket({ ...scan, scanId: driver.newId() })
  const second = await driver.ticketing.boardTicket({ ...scan, scanId: driver.newId() }).then(() => 'nothing', reasonOf)
  prove(second === 'ALREADY_BOARDED', `the second scan was answered with ${second ?? 'no reason'}`)
  return [undefined, `boarded once; the second scan is refused with ${second}`] as const
}

/** Reads the manifest. */
export async function boarding(manager: Tms, { tripId, bookingCode }: Booking) {
  const { entries } = await manager.ticketing.listTripTickets({ tripId })
  const mine = entries.find((entry) => entry.bookingCode === bookingCode)
  prove(mine !== undefined, 'the manifest lacks the passenger')
  return [undefined, `${entries.length} on the manifest`] as const
}

/** Adds up the company's books. */
export async function ledgerHolds(manager: Tms) {
  const { lines } = await manager.payment.getTrialBalance({})
  const debits = lines.reduce((sum, { debitTotal }) => sum + (debitTotal?.units ?? 0n), 0n)
  const credits = lines.reduce((sum, { creditTotal }) => sum + (creditTotal?.units ?? 0n), 0n)
  prove(debits === credits && debits > 0n, `debits ${debits} and credits ${credits} differ`)
  return [undefined, `debits and credits are both ${debits} RWF on ${lines.length} accounts`] as const
}
