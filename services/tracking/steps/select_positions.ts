import { timestampDate } from '@bufbuild/protobuf/wkt'
import type { PositionSelection } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { type HistoricPosition, type Place, readPositions, type Selection } from '../store/positions.ts'

/** A month of one bus is half a million positions. */
const MAX_HOURS = 31 * 24

/** What a request selects. @throws {ConnectError} INVALID_ARGUMENT / RANGE_INVALID */
export function selectionOf(wire: PositionSelection | undefined): Selection {
  const from = wire?.startTime && timestampDate(wire.startTime)
  const until = wire?.endTime && timestampDate(wire.endTime)
  const isBus = wire?.of.case === 'busId'
  const hours = from && until ? (until.getTime() - from.getTime()) / 3_600_000 : undefined
  const wrong = (isBus && hours === undefined) || (hours !== undefined && !(hours > 0 && hours <= MAX_HOURS))
  if (wrong || wire?.of.case === undefined) {
    throw refuse('RANGE_INVALID', `give a start and a later end, ${MAX_HOURS} hours apart at most`, {
      max_hours: String(MAX_HOURS),
    })
  }
  return { of: isBus ? { busId: wire.of.value } : { tripId: wire.of.value }, from, until }
}

const PAGE = 2_000

/**
 * All positions of a selection, a page at a time: no transaction is open while the reader is slow.
 *
 * @param tenantId the company, where no session says it
 */
export async function* positionsOf(
  ctx: Ctx,
  selection: Selection,
  tenantId?: string,
): AsyncGenerator<readonly HistoricPosition[]> {
  const rows = tenantId === undefined ? undefined : { tenantId }
  let after: Place | undefined
  for (;;) {
    const begin = after
    const page = await ctx.db.transaction((tx) => readPositions(tx, selection, begin, PAGE), rows)
    if (page.length > 0) yield page
    if (page.length < PAGE) return
    after = page.at(-1)!.place
  }
}
