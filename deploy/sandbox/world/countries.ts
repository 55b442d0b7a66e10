/** A country whose numbers may pay: dialling code, mobile pattern of the whole MSISDN, wallet currency, clock. */
export type Country = {
  readonly code: string
  readonly name: string
  readonly msisdn: RegExp
  readonly currency: string
  readonly timeZone: string
}

/**
 * Real M-PESA is Kenyan. The demo network's passengers are Rwandan, so the sandbox also lets `2507…` numbers pay;
 * the setting `countries` narrows this to `['254']` for the provider's true behaviour.
 */
const COUNTRIES: Record<string, Country> = {
  '254': { code: '254', name: 'Kenya', msisdn: /^254[17]\d{8}$/, currency: 'KES', timeZone: 'Africa/Nairobi' },
  '250': { code: '250', name: 'Rwanda', msisdn: /^2507\d{8}$/, currency: 'RWF', timeZone: 'Africa/Kigali' },
}

const ELSEWHERE: Country = { code: '', name: 'elsewhere', msisdn: /^$/, currency: 'KES', timeZone: 'Africa/Nairobi' }

/** Where a number is from, by its dialling code. */
export function countryOf(msisdn: string): Country {
  return COUNTRIES[msisdn.slice(0, 3)] ?? ELSEWHERE
}

/** Whether a number is a mobile number of one of the allowed dialling codes. */
export function isPayer(msisdn: string, allowedCodes: readonly string[]): boolean {
  const country = countryOf(msisdn)
  return allowedCodes.includes(country.code) && country.msisdn.test(msisdn)
}

/** `+250 788-123 456`, `%2B250788123456` decoded, `250788123456`: all the same phone, written without a plus. */
export function digitsOf(phone: string): string {
  return phone.replace(/\D/g, '').replace(/^00/, '')
}
