import { timestampDate } from '@bufbuild/protobuf/wkt'
import { type Currency, type Handler, isCurrency, refuseCall, sessionOf } from '#kit'
import type { ExchangeRateService, SetExchangeRateRequest } from '#gen/tms/payment/v1/exchange_rate_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { rateText } from '../../domain/exchange.ts'
import { secondsAfter } from '../../domain/schedule.ts'
import { findRate, insertRate } from '../../store/exchange_rates.ts'
import type { RateRow } from '../../store/schema.ts'
import { rateToProto } from './rate_view.ts'

const LONGEST_SECONDS = 31 * 86_400

/** Sets a rate from now on. A rate is its own record of the call: the id is the key, and it never changes. */
export const setExchangeRate =
  (ctx: Ctx): Handler<typeof ExchangeRateService.method.setExchangeRate> =>
  async (req, call) => {
    const row = rowOf(req, sessionOf(call).userId, ctx.clock.now())
    // All rows: rates belong to the platform.
    if (await insertRate(ctx.db.system, row)) return { exchangeRate: rateToProto(row) }
    const earlier = await findRate(ctx.db.system, req.exchangeRateId)
    if (earlier && asksTheSame(earlier, row)) return { exchangeRate: rateToProto(earlier) }
    throw refuseCall('IDEMPOTENCY_KEY_REUSED', `the id ${req.exchangeRateId} was used for another rate before`)
  }

function rowOf(req: SetExchangeRateRequest, setByUserId: string, now: Date): RateRow {
  const fromCurrency = currencyIn(req, 'fromCurrency', 'from_currency')
  const toCurrency = currencyIn(req, 'toCurrency', 'to_currency')
  if (fromCurrency === toCurrency) throw invalid('to_currency', 'must be another currency than from_currency')
  if (!/[1-9]/.test(req.rate)) throw invalid('rate', 'must be more than zero')
  // Required by the contract: validation has refused a request without it.
  const expireTime = req.expireTime ? timestampDate(req.expireTime) : now
  if (expireTime <= now || expireTime > secondsAfter(now, LONGEST_SECONDS)) {
    throw invalid('expire_time', 'must lie ahead, by 31 days at most')
  }
  const { exchangeRateId, marginBasisPoints } = req
  const rate = rateText(req.rate)
  return { exchangeRateId, fromCurrency, toCurrency, rate, marginBasisPoints, setByUserId, createTime: now, expireTime }
}

function currencyIn(req: SetExchangeRateRequest, name: 'fromCurrency' | 'toCurrency', field: string): Currency {
  const code = req[name]
  if (isCurrency(code)) return code
  throw invalid(field, 'is not a currency that the suite keeps books in')
}

function invalid(field: string, description: string) {
  return refuseCall('REQUEST_INVALID', `${field} ${description}`, {}, { fields: [{ field, description }] })
}

function asksTheSame(one: RateRow, other: RateRow): boolean {
  const asked = ({ fromCurrency, toCurrency, rate, marginBasisPoints, expireTime }: RateRow) =>
    [fromCurrency, toCurrency, rateText(rate), marginBasisPoints, expireTime.getTime()].join(' ')
  return asked(one) === asked(other)
}
