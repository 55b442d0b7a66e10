import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '#kit'
import type { TicketPayload } from '#gen/tms/qr/v1/ticket_pb.ts'
import { Ticket_State as TicketState } from '#gen/tms/ticketing/v1/booking_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { lockLentTickets } from '../store/pos/lent_tickets.ts'
import type { Upload } from '../store/scans.ts'
import { type SentScan, takeScans } from './take_scans.ts'

/**
 * Lets a passenger on whose ticket a counter has sold without a network, before its sale is here: the scan is kept, and the
 * ticket counts as boarded as soon as there is one.
 *
 * @param ticket what its code says, found good
 * @returns the passenger as far as the ticket tells; undefined when no counter was lent such a ticket
 * @throws {ConnectError} ALREADY_BOARDED, TICKET_VOID
 */
export async function boardLent(tx: Tx, ctx: Ctx, upload: Upload, scan: SentScan, ticket: TicketPayload) {
  const { ticketId } = scan
  const lent = (await lockLentTickets(tx, [scan])).get(ticketId)
  if (!lent) return undefined
  if (lent.state === 'VOID') throw refuse('TICKET_VOID', 'this ticket was given back unsold')
  if (lent.state === 'BOARDED') {
    const time = lent.boardTime?.toISOString() ?? ''
    throw refuse('ALREADY_BOARDED', `somebody boarded with this ticket at ${time}`, { board_time: time })
  }
  await takeScans(tx, ctx, upload, [scan])
  const { passengerName, seatLabel, seatClass, fromSequence, toSequence, bookingCode } = ticket
  const boardTime = timestampFromDate(upload.now)
  return {
    entry: {
      ...{ passengerName, seatLabel, seatClass, fromSequence, toSequence, bookingCode },
      ticket: { ticketId, state: TicketState.BOARDED, boardTime },
    },
    boardTime,
  }
}
