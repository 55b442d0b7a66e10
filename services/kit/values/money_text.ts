import { exponentOf, money, type Currency, type Money } from './money.ts'

/** Building a formatter costs 50 times as much as using it. */
const formatters = new Map<string, Intl.NumberFormat>()

/**
 * The amount as people of a language write it, with its code: `RWF 12,000`, `KES 1,250.50`, in French `12 000 RWF`.
 *
 * Spaces are plain ones: the no-break spaces of CLDR are not in the GSM-7 alphabet and would double the price of an SMS.
 *
 * @param language BCP 47, e.g. `rw`. One that is unknown or malformed is answered in English.
 */
export function formatMoney(amount: Money, language = 'en'): string {
  // Formatting the decimal text (not a number) keeps every digit of amounts above 2^53.
  const text = formatterOf(amount.currency, language).format(toDecimal(amount) as Intl.StringNumericLiteral)
  return text.replace(/[\u00a0\u202f]/g, ' ')
}

/** The amount as plain decimal text with all its decimals: `1250.50`, `-3.00`, `12000`. */
export function toDecimal({ currency, minor }: Money): string {
  const exponent = exponentOf(currency)
  const digits = (minor < 0n ? -minor : minor).toString().padStart(exponent + 1, '0')
  const whole = digits.slice(0, digits.length - exponent)
  const decimals = exponent === 0 ? '' : `.${digits.slice(-exponent)}`
  return `${minor < 0n ? '-' : ''}${whole}${decimals}`
}

/**
 * Reads plain decimal text: digits, perhaps a sign, perhaps a point and more digits. Group separators are refused,
 * because `1.250` is twelve hundred in one country and one and a quarter in the next.
 *
 * @throws {RangeError} when the text is not a decimal number, or finer than the currency allows (`0.5` RWF).
 */
export function parseMoney(currency: string, text: string): Money {
  const match = /^([-+]?)(\d{1,19})(?:\.(\d{1,18}))?$/.exec(text.trim())
  if (!match) throw new RangeError(`"${text}" is not an amount`)
  const [, sign, whole = '', decimals = ''] = match
  const exponent = exponentOf(money(currency, 0n).currency)
  if (/[1-9]/.test(decimals.slice(exponent)))
    throw new RangeError(`${currency} has ${exponent} decimals, not as many as "${text}"`)
  const minor = BigInt(whole + decimals.slice(0, exponent).padEnd(exponent, '0'))
  return money(currency, sign === '-' ? -minor : minor)
}

function formatterOf(currency: Currency, language: string): Intl.NumberFormat {
  const key = `${language} ${currency}`
  const known = formatters.get(key)
  if (known) return known
  const made = makeFormatter(currency, language)
  // Languages come from callers: the map must not grow with whatever they send.
  if (formatters.size < 256) formatters.set(key, made)
  return made
}

function makeFormatter(currency: Currency, language: string): Intl.NumberFormat {
  const digits = exponentOf(currency) // ISO 4217 rather than CLDR, which shows the Ugandan shilling otherwise
  const options: Intl.NumberFormatOptions = {
    style: 'currency',
    currency,
    currencyDisplay: 'code',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }
  try {
    return new Intl.NumberFormat([language, 'en'], options)
  } catch {
    return new Intl.NumberFormat('en', options) // a malformed tag throws
  }
}
