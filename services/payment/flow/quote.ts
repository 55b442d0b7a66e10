import { money, type Money, type Queries, type Tx } from '#kit'
import type { Ctx } from '../context.ts'
import { convert, type ExchangeRate, isHonoured } from '../domain/exchange.ts'
import { refuse } from '../errors.ts'
import { findProvider } from '../providers/index.ts'
import { findRate, newestRate, rateOf } from '../store/exchange_rates.ts'
import { findIntent } from '../store/intents.ts'
import type { PaymentOrder } from './begin_payment.ts'

/** What a payment by a provider would cost; `rate` is absent when it takes the amount as it is. */
export type Quoted = { readonly providerAmount: Money; readonly rate?: ExchangeRate }

/**
 * What an amount costs by a provider, at the newest rate.
 *
 * @throws {ConnectError} METHOD_UNSUITABLE, RATE_UNAVAILABLE
 */
export async function quote(ctx: Ctx, db: Queries, provider: string, amount: Money): Promise<Quoted> {
  const taken = findProvider(ctx, provider)?.takenIn?.(amount.currency) ?? amount.currency
  if (taken === amount.currency) return { providerAmount: amount }
  const newest = await newestRate(db, amount.currency, taken)
  if (!newest || newest.expireTime <= ctx.clock.now()) {
    const metadata = { from_currency: amount.currency, to_currency: taken }
    throw refuse('RATE_UNAVAILABLE', `there is no rate at which ${amount.currency} is paid in ${taken} now`, metadata)
  }
  const rate = rateOf(newest)
  return { providerAmount: convert(amount, rate), rate }
}

/** An amount that a provider takes in another currency, at the rate that the payer agreed to. */
export type Conversion = { readonly exchangeRateId: string; readonly providerAmount: Money }

/**
 * The conversion that an order is paid by; undefined when the provider takes the intent's own currency, which costs no
 * statement where it always does.
 *
 * @throws {ConnectError} QUOTE_EXPIRED when the rate is not honoured any more, METHOD_UNSUITABLE without a rate
 */
export async function convertedBy(ctx: Ctx, tx: Tx, order: PaymentOrder): Promise<Conversion | undefined> {
  const provider = findProvider(ctx, order.provider)
  if (!provider?.takenIn) return undefined
  const intent = (await findIntent(tx, order.paymentIntentId))?.intent
  if (!intent) return undefined // told by whoever tries to pay it
  const amount = money(intent.currency, intent.amountMinor)
  const taken = provider.takenIn(amount.currency)
  if (taken === amount.currency) return undefined
  const rate = await honouredRate(ctx, tx, order.exchangeRateId)
  if (rate.from !== amount.currency || rate.to !== taken) throw expired()
  return { exchangeRateId: rate.exchangeRateId, providerAmount: convert(amount, rate) }
}

async function honouredRate(ctx: Ctx, tx: Tx, exchangeRateId: string): Promise<ExchangeRate> {
  if (exchangeRateId === '') {
    const fields = [{ field: 'exchange_rate_id', description: 'is needed: ask for a quote and show it to the payer' }]
    throw refuse('METHOD_UNSUITABLE', 'this method is paid in another currency: ask for a quote first', {}, { fields })
  }
  const seen = await findRate(tx, exchangeRateId)
  const newest = seen && (await newestRate(tx, seen.fromCurrency, seen.toCurrency))
  if (!newest || !isHonoured(rateOf(seen), rateOf(newest), ctx.clock.now())) throw expired()
  return rateOf(seen)
}

function expired() {
  return refuse('QUOTE_EXPIRED', 'the quote is not honoured any more: ask for a new one')
}
