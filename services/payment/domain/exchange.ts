import { exponentOf, money, type Currency, type Money } from '#kit'
import { secondsAfter } from './schedule.ts'

/** A rate that was set: units of `to` for one unit of `from`, as decimal text with at most ten decimals. */
export type ExchangeRate = {
  readonly exchangeRateId: string
  readonly from: Currency
  readonly to: Currency
  readonly rate: string
  readonly marginBasisPoints: number
  readonly createTime: Date
  readonly expireTime: Date
}

/** A rate that was replaced is honoured for so long: whoever has seen it may pay by it. */
export const REPLACED_RATE_SECONDS = 15 * 60

const DECIMALS = 10
const SCALE = 10n ** BigInt(DECIMALS)
const BASIS = 10_000n

/**
 * What an amount comes to in another currency, margin included, rounded up to the smallest unit: a payer is never
 * charged less than the amount is worth.
 *
 * @throws {RangeError} when the amount is in another currency than the rate is for
 */
export function convert(amount: Money, rate: ExchangeRate): Money {
  if (amount.currency !== rate.from) throw new RangeError(`the rate is for ${rate.from}, not for ${amount.currency}`)
  const numerator = amount.minor * withMargin(rate) * unitOf(rate.to)
  const denominator = SCALE * BASIS * unitOf(rate.from)
  return money(rate.to, (numerator + denominator - 1n) / denominator)
}

/** The rate as it is applied, margin included, to ten decimals. */
export function appliedRate(rate: ExchangeRate): string {
  const scaled = withMargin(rate) / BASIS
  return `${scaled / SCALE}.${(scaled % SCALE).toString().padStart(DECIMALS, '0')}`
}

/** A rate as plain text without needless zeros: `0.0007`, `132.5`, `2`. */
export function rateText(rate: string): string {
  const scaled = scaledOf(rate)
  const decimals = (scaled % SCALE).toString().padStart(DECIMALS, '0').replace(/0+$/, '')
  return decimals === '' ? `${scaled / SCALE}` : `${scaled / SCALE}.${decimals}`
}

/** Whether a payer who has seen a rate may still pay by it. */
export function isHonoured(rate: ExchangeRate, newest: ExchangeRate, now: Date): boolean {
  if (rate.expireTime <= now) return false
  return rate.exchangeRateId === newest.exchangeRateId || secondsAfter(newest.createTime, REPLACED_RATE_SECONDS) > now
}

/** An amount and what the provider took for it, in its own currency. */
export type Converted = { readonly amount: Money; readonly provider: Money }

/**
 * What a refund comes to in the provider's currency: the share of what it took, by the rate of the payment, whatever
 * the rate is today. Counted over all refunds together, so that they never come to more than was taken, and come to
 * exactly that when all is given back.
 *
 * @param earlier all refunds of the payment before this one that have not failed
 */
export function shareOf(paid: Converted, earlier: Converted, amount: Money): Money {
  const total = (paid.provider.minor * (earlier.amount.minor + amount.minor)) / paid.amount.minor
  return money(paid.provider.currency, total - earlier.provider.minor)
}

/** Ten-thousandths of the smallest step of a rate. */
function withMargin({ rate, marginBasisPoints }: ExchangeRate): bigint {
  return scaledOf(rate) * (BASIS + BigInt(marginBasisPoints))
}

function scaledOf(rate: string): bigint {
  const [whole = '0', decimals = ''] = rate.split('.')
  return BigInt(whole) * SCALE + BigInt(decimals.padEnd(DECIMALS, '0').slice(0, DECIMALS))
}

function unitOf(currency: Currency): bigint {
  return 10n ** BigInt(exponentOf(currency))
}
