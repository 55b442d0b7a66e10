import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Handler, moneyToProto, sessionOf } from '#kit'
import type { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import type { Ctx } from '../context.ts'
import { providerNameOf } from '../convert.ts'
import { appliedRate } from '../domain/exchange.ts'
import { quote } from '../flow/quote.ts'
import { amountOf } from './amount.ts'
import { intentFor } from './get_payment_intent.ts'

/** What paying an intent by a method would cost. Nothing is written: the rate is what the payer agrees to. */
export const quotePayment =
  (ctx: Ctx): Handler<typeof PaymentService.method.quotePayment> =>
  async ({ paymentIntentId, method }, call) => {
    const intent = await intentFor(ctx, paymentIntentId, sessionOf(call))
    const amount = amountOf(intent.amount)
    // All rows: rates are nobody's in particular.
    const { providerAmount, rate } = await quote(ctx, ctx.db.system, providerNameOf(method) ?? '', amount)
    const quoted = { method, amount: moneyToProto(amount), providerAmount: moneyToProto(providerAmount) }
    if (!rate) return { quote: quoted }
    const { exchangeRateId, expireTime } = rate
    return {
      quote: { ...quoted, exchangeRateId, rate: appliedRate(rate), expireTime: timestampFromDate(expireTime) },
    }
  }
