/** A country whose phones can be reached: its code, and how many digits follow it. */
type Country = { readonly code: string; readonly calling: string; readonly digits: number; readonly example: string }

/** Where the suite's passengers live, Rwanda first. */
export const COUNTRIES: readonly Country[] = [
  { code: 'RW', calling: '+250', digits: 9, example: '788 123 456' },
  { code: 'KE', calling: '+254', digits: 9, example: '712 345 678' },
  { code: 'UG', calling: '+256', digits: 9, example: '772 123 456' },
  { code: 'TZ', calling: '+255', digits: 9, example: '712 345 678' },
  { code: 'BI', calling: '+257', digits: 8, example: '79 12 34 56' },
  { code: 'CD', calling: '+243', digits: 9, example: '812 345 678' },
]

/**
 * What was typed as a number in E.164; undefined when it is none of that country.
 *
 * Spaces, dashes, a leading 0, the country's code with `+` or `00` are all the same number.
 */
export function toE164(typed: string, countryCode: string): string | undefined {
  const text = typed.replaceAll(/[\s().-]/g, '').replace(/^00/, '+')
  if (!/^\+?\d+$/.test(text)) return undefined
  const country = text.startsWith('+')
    ? COUNTRIES.find(({ calling }) => text.startsWith(calling))
    : COUNTRIES.find(({ code }) => code === countryCode)
  if (!country) return text.startsWith('+') && /^\+[1-9]\d{7,14}$/.test(text) ? text : undefined
  const bare = text.startsWith('+') ? text.slice(country.calling.length) : withoutCode(text, country)
  const national = bare.replace(/^0/, '')
  return national.length === country.digits ? `${country.calling}${national}` : undefined
}

function withoutCode(text: string, { calling, digits }: Country): string {
  const code = calling.slice(1)
  return text.startsWith(code) && text.length === code.length + digits ? text.slice(code.length) : text
}

/** `+250 788 123 456`. */
export function formatPhone(e164: string): string {
  const country = COUNTRIES.find(({ calling }) => e164.startsWith(calling))
  if (!country) return e164
  return `${country.calling} ${e164.slice(country.calling.length).replace(/(\d{3})(?=\d)/g, '$1 ')}`
}

/** The country of a number. */
export function countryOf(e164: string): string {
  return COUNTRIES.find(({ calling }) => e164.startsWith(calling))?.code ?? 'RW'
}

/** Which mobile money a number belongs to: prefixes after the country's code, by the regulators' numbering plans. */
const PROVIDERS: readonly { readonly prefix: RegExp; readonly method: string }[] = [
  { prefix: /^\+25079|^\+25078/, method: 'MTN' },
  { prefix: /^\+25072|^\+25073/, method: 'AIRTEL' },
  { prefix: /^\+2547[0-2]|^\+25474|^\+25475[7-9]|^\+25476[89]|^\+25479|^\+25411[0-5]/, method: 'MPESA' },
  { prefix: /^\+25473|^\+25475[0-6]|^\+25478|^\+25410/, method: 'AIRTEL' },
  { prefix: /^\+25677|^\+25678|^\+25676|^\+25639/, method: 'MTN' },
  { prefix: /^\+25670|^\+25675|^\+25674/, method: 'AIRTEL' },
]

/** The beginning of the name of the method that belongs to a number; undefined when no operator is known for it. */
export function providerOf(e164: string): string | undefined {
  return PROVIDERS.find(({ prefix }) => prefix.test(e164))?.method
}
