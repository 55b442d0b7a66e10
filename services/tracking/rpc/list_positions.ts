import { type Handler, nextPageToken, pageOf } from '#kit'
import type { TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import type { Ctx } from '../context.ts'
import { selectionOf } from '../steps/select_positions.ts'
import { type Place, readPositions } from '../store/positions.ts'
import { positionToProto } from '../wire/positions.ts'

const SIZES = { default: 500, max: 5_000 }

export const listPositions =
  (ctx: Ctx): Handler<typeof TrackingService.method.listPositions> =>
  async (req) => {
    const selection = selectionOf(req.selection)
    const { limit, after } = pageOf(req, SIZES, isPlace)
    const rows = await ctx.db.transaction((tx) => readPositions(tx, selection, after, limit))
    return {
      positions: rows.map(positionToProto),
      nextPageToken: nextPageToken(rows, limit, ({ place }) => place),
    }
  }

const FORMS = [
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  /^\d{1,16}$/,
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
]

function isPlace(cursor: unknown): cursor is Place {
  return (
    Array.isArray(cursor) &&
    cursor.length === FORMS.length &&
    FORMS.every((form, i) => typeof cursor[i] === 'string' && form.test(cursor[i])) &&
    !Number.isNaN(Date.parse(cursor[0] as string))
  )
}
