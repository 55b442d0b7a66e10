/**
 * Mobile phone numbers of Rwanda and Kenya.
 *
 * Inside the suite a number is E.164 text (`+250788123456`); people write it in many ways, providers want it in theirs.
 * Source: ITU-T E.164; the numbering metadata and carrier prefixes of libphonenumber for RW and KE (2026).
 */

/** Countries whose mobile numbers are known here (ISO 3166-1 alpha-2). */
export type PhoneCountry = 'RW' | 'KE'

/** The operator that a number was handed out to; small ones are not named. */
export type Carrier = 'MTN' | 'Airtel' | 'KtRN' | 'Safaricom' | 'Telkom' | 'Finserve' | 'JTL'

/** The mobile-money wallets that can stand behind a number. */
export type Wallet = 'MTN_MOMO' | 'AIRTEL_MONEY' | 'MPESA'

type NumberingPlan = {
  readonly name: string
  readonly callingCode: string
  /** The nine digits of a mobile number, without the trunk prefix `0`. */
  readonly mobile: RegExp
  readonly carriers: readonly (readonly [RegExp, Carrier])[]
  readonly wallets: Partial<Record<Carrier, Wallet>>
}

const plans: Record<PhoneCountry, NumberingPlan> = {
  RW: {
    name: 'Rwanda',
    callingCode: '250',
    mobile: /^7[237-9]\d{7}$/,
    carriers: [
      [/^7[89]/, 'MTN'],
      [/^7[23]/, 'Airtel'],
      [/^77/, 'KtRN'],
    ],
    wallets: { MTN: 'MTN_MOMO', Airtel: 'AIRTEL_MONEY' },
  },
  KE: {
    name: 'Kenya',
    callingCode: '254',
    // New blocks under 1 are still being opened: taking one too many beats turning a passenger away.
    mobile: /^[17]\d{8}$/,
    carriers: [
      [/^(7[0129]|74[0-35689]|75[7-9]|76[89]|11|14)/, 'Safaricom'],
      [/^(7[38]|75[0-6]|76[12]|10)/, 'Airtel'],
      [/^(77|120)/, 'Telkom'],
      [/^(76[3-6]|124)/, 'Finserve'],
      [/^747/, 'JTL'],
    ],
    wallets: { Safaricom: 'MPESA', Airtel: 'AIRTEL_MONEY' },
  },
}

/** What people and address books put between digits: spaces, dashes, dots, brackets, marks of writing direction. */
const separators = /[\s().\u00ad\u2010-\u2015\u200b-\u200f\u202a-\u202e\u2066-\u2069-]/g

/**
 * Reads a mobile number as people write it and gives it in E.164, e.g. `+250788123456`.
 *
 * Taken are `+2507…`, `002507…`, `2507…`, and with a default country also `07…` and `7…`; separators may stand anywhere.
 *
 * @param defaultCountry whose number it is when it is written without a country code.
 * @throws {RangeError} with a sentence for the person who typed it.
 */
export function parsePhone(text: string, defaultCountry?: PhoneCountry): string {
  const compact = text.replace(separators, '')
  if (!/^\+?\d{1,18}$/.test(compact)) throw new RangeError('a phone number has only digits, and perhaps a + in front')
  const foreign = internationalDigits(compact)
  if (foreign !== undefined) return internationalNumber(foreign)
  if (!defaultCountry)
    throw new RangeError('write the phone number with its country code, for example +250 788 123 456')
  return nationalNumber(compact, defaultCountry)
}

/** Whether a text is a mobile number in E.164 exactly as the suite stores it. */
export function isPhone(text: string): boolean {
  return countryOrUndefined(text) !== undefined
}

/** The number as M-Pesa and MTN MoMo want it: `250788123456`, without the plus. @throws {RangeError} when it is not E.164. */
export function withoutPlus(phone: string): string {
  return planOf(phone).callingCode + nationalDigits(phone)
}

/** The nine national digits as Airtel Money wants them: `730123456`. @throws {RangeError} when it is not E.164. */
export function nationalDigits(phone: string): string {
  return phone.slice(1 + planOf(phone).callingCode.length)
}

/** The number for screens and logs, with its middle hidden: `+2507•••••89`. @throws {RangeError} when it is not E.164. */
export function maskPhone(phone: string): string {
  return `+${planOf(phone).callingCode}${nationalDigits(phone)[0]}•••••${phone.slice(-2)}`
}

/** The country that a number belongs to. @throws {RangeError} when it is not a mobile number in E.164. */
export function countryOf(phone: string): PhoneCountry {
  const country = countryOrUndefined(phone)
  if (!country) throw new RangeError('this is not a mobile number of Rwanda or Kenya in the form +250788123456')
  return country
}

/**
 * The operator that the number's block belongs to; undefined for small operators.
 *
 * Certain for Rwanda. A hint for Kenya, where a number keeps its prefix when it moves to another operator.
 *
 * @throws {RangeError} when it is not a mobile number in E.164.
 */
export function carrierOf(phone: string): Carrier | undefined {
  const digits = nationalDigits(phone)
  return planOf(phone).carriers.find(([block]) => block.test(digits))?.[1]
}

/**
 * The wallet to propose first; undefined when the operator runs none. As good as `carrierOf`: in Kenya a hint, so leave
 * the choice to the passenger and let the wallet's own answer decide.
 *
 * @throws {RangeError} when it is not a mobile number in E.164.
 */
export function walletOf(phone: string): Wallet | undefined {
  const carrier = carrierOf(phone)
  return carrier && planOf(phone).wallets[carrier]
}

/** The digits from the country code on, when the text has one. */
function internationalDigits(compact: string): string | undefined {
  if (compact.startsWith('+')) return compact.slice(1)
  // Kenya dials out by 000, everybody else here by 00; no national number begins with 00.
  if (compact.startsWith('00')) return compact.replace(/^0+/, '')
  // Twelve digits are country code and number: a national number has nine, or ten with its trunk prefix.
  return compact.length === 12 && !compact.startsWith('0') ? compact : undefined
}

function internationalNumber(digits: string): string {
  const country = countries.find((each) => digits.startsWith(plans[each].callingCode))
  if (!country) throw new RangeError('the phone number must be of Rwanda (+250) or Kenya (+254)')
  return mobileNumber(digits.slice(plans[country].callingCode.length), country)
}

function nationalNumber(compact: string, country: PhoneCountry): string {
  return mobileNumber(compact.startsWith('0') ? compact.slice(1) : compact, country)
}

function mobileNumber(digits: string, country: PhoneCountry): string {
  const { name, callingCode, mobile } = plans[country]
  if (digits.length !== 9)
    throw new RangeError(`a phone number of ${name} has 9 digits after +${callingCode}, this one has ${digits.length}`)
  if (!mobile.test(digits)) throw new RangeError(`this is not a mobile number of ${name}`)
  return `+${callingCode}${digits}`
}

const countries = Object.keys(plans) as PhoneCountry[]

function countryOrUndefined(phone: string): PhoneCountry | undefined {
  return countries.find((country) => {
    const { callingCode, mobile } = plans[country]
    return phone.startsWith(`+${callingCode}`) && mobile.test(phone.slice(1 + callingCode.length))
  })
}

const planOf = (phone: string) => plans[countryOf(phone)]
