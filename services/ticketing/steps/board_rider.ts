import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '#kit'
import { TicketBoardedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { boardIssued, type ManifestLine, readTicket, type Scan } from '../store/boarding.ts'

/**
 * Lets the passenger of a ticket on, and tells everybody.
 *
 * @throws {ConnectError} WRONG_TRIP, ALREADY_BOARDED, TICKET_VOID, NO_SHOW, WRONG_LEG
 */
export async function boardRider(tx: Tx, ctx: Ctx, scan: Scan): Promise<ManifestLine> {
  const line = await boardIfIssued(tx, ctx, scan)
  if (line) return line
  throw whyNot(await readTicket(tx, scan.ticketId), scan.tripId)
}

/** As {@link boardRider}; undefined where the ticket has boarded already, or cannot. */
export async function boardIfIssued(tx: Tx, ctx: Ctx, scan: Scan): Promise<ManifestLine | undefined> {
  const { ticketId, tripId, stopSequence, deviceId, now } = scan
  const line = await boardIssued(tx, scan)
  if (!line) return undefined
  await tx.publish(TicketBoardedSchema, ticketId, {
    tenantId: line.tenantId,
    ticketId,
    tripId,
    boardTime: timestampFromDate(now),
    deviceId,
    stopSequence,
  })
  tx.afterCommit(() => ctx.happened('ticket_boarded', { ticket_id: ticketId, trip_id: tripId }))
  return line
}

/** Why a ticket of ours cannot board here and now. */
function whyNot(line: ManifestLine | undefined, tripId: string) {
  if (line?.tripId !== tripId) return refuse('WRONG_TRIP', 'this ticket is for another trip')
  switch (line.state) {
    case 'BOARDED':
      return alreadyBoarded(line)
    case 'VOID':
      return ticketVoid()
    case 'NO_SHOW':
      return missedTheBus(line)
    case 'ISSUED':
      return refuse('WRONG_LEG', 'this ticket is for another part of the trip', {
        from_sequence: String(line.fromSequence),
        to_sequence: String(line.toSequence),
      })
  }
}

export function alreadyBoarded({ boardTime }: ManifestLine) {
  const time = boardTime?.toISOString() ?? ''
  return refuse('ALREADY_BOARDED', `somebody boarded with this ticket at ${time}`, { board_time: time })
}

export function ticketVoid() {
  return refuse('TICKET_VOID', 'this ticket was cancelled')
}

function missedTheBus({ missed, seatLabel }: ManifestLine) {
  const time = missed?.time.toISOString() ?? ''
  return refuse(
    'NO_SHOW',
    `the bus left without this passenger at ${time}; seat ${seatLabel} may have been sold since`,
    {
      stop_sequence: String(missed?.sequence ?? ''),
      leave_time: time,
    },
  )
}
