import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Handler, moneyToProto, nextPageToken, pageOf } from '#kit'
import type { TillService } from '#gen/tms/payment/v1/till_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { type Collection, type CollectionPlace, collectionsOf } from '../../store/cash_collections.ts'
import { instantOf } from '../instant.ts'

const PAGE = { default: 500, max: 500 } as const

/** What a member of staff has taken in cash. */
export const listCollectedCash =
  (ctx: Ctx): Handler<typeof TillService.method.listCollectedCash> =>
  async (req) => {
    const page = pageOf(req, PAGE, isPlace)
    const since = req.sinceTime ? instantOf(req.sinceTime, 'since_time') : new Date(0)
    const { tenantId, collectorUserId } = req
    // All rows: only services call this, for whatever company.
    const rows = await collectionsOf(ctx.db.system, { tenantId, collectorUserId, since }, page)
    return {
      collections: rows.map(({ paymentIntentId, orderId, amount, collectTime }) => ({
        paymentIntentId,
        orderId,
        amount: moneyToProto(amount),
        collectTime: timestampFromDate(collectTime),
      })),
      nextPageToken: nextPageToken(rows, page.limit, placeOf),
    }
  }

function placeOf({ collectTime, attemptId }: Collection): CollectionPlace {
  return { collectTime: collectTime.toISOString(), attemptId }
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function isPlace(cursor: unknown): cursor is CollectionPlace {
  if (typeof cursor !== 'object' || cursor === null) return false
  const { collectTime, attemptId } = cursor as Record<string, unknown>
  return (
    typeof collectTime === 'string' &&
    !Number.isNaN(Date.parse(collectTime)) &&
    typeof attemptId === 'string' &&
    UUID.test(attemptId)
  )
}
