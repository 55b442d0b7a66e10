import type { Money } from '@tms/sdk/passenger'

/** Digits after the point, by currency (ISO 4217); 0 for those not named. */
const EXPONENTS: Readonly<Record<string, number>> = { KES: 2, USD: 2, EUR: 2, TZS: 2, CDF: 2 }

/**
 * An amount as it is read in the region: `RWF 3,742`.
 *
 * Not by Intl: Chromium's data has no Kinyarwanda, so that a page would read otherwise on the server than in the browser.
 */
export function formatMoney(money: Money | undefined): string {
  if (!money) return ''
  const whole = money.units.toString().replace(/\B(?=(\d{3})+$)/g, ',')
  const exponent = EXPONENTS[money.currencyCode] ?? 0
  const cents = Math.round(money.nanos / 10 ** (9 - exponent))
  const rest = exponent > 0 && cents > 0 ? `.${cents.toString().padStart(exponent, '0')}` : ''
  return `${money.currencyCode} ${whole}${rest}`
}
