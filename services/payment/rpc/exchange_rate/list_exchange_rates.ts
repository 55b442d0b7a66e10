import { type Handler, nextPageToken, pageOf } from '#kit'
import type { ExchangeRateService } from '#gen/tms/payment/v1/exchange_rate_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { listRates, type RateCursor } from '../../store/exchange_rates.ts'
import { PAGE } from '../page.ts'
import { rateToProto } from './rate_view.ts'

/** The rates that were set, newest first. */
export const listExchangeRates =
  (ctx: Ctx): Handler<typeof ExchangeRateService.method.listExchangeRates> =>
  async (req) => {
    const { limit, after } = pageOf<RateCursor>(req, PAGE)
    // All rows: rates belong to the platform.
    const rows = await listRates(ctx.db.system, limit, after)
    return {
      exchangeRates: rows.map(rateToProto),
      nextPageToken: nextPageToken(rows, limit, ({ createTime, exchangeRateId }): RateCursor => {
        return { createTime: createTime.toISOString(), exchangeRateId }
      }),
    }
  }
