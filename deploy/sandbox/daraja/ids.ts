import { ALPHANUMERIC, HEX, type Random, UPPER_ALPHANUMERIC } from '../world/random.ts'

/** East Africa Time has no summer time: always three hours ahead of UTC. */
export const EAT_OFFSET_MS = 3 * 3600 * 1000

const two = (value: number) => String(value).padStart(2, '0')

type EatParts = { year: string; month: string; day: string; hour: string; minute: string; second: string; ms: string }

function eatParts(instant: Date): EatParts {
  const local = new Date(instant.getTime() + EAT_OFFSET_MS)
  return {
    year: String(local.getUTCFullYear()),
    month: two(local.getUTCMonth() + 1),
    day: two(local.getUTCDate()),
    hour: two(local.getUTCHours()),
    minute: two(local.getUTCMinutes()),
    second: two(local.getUTCSeconds()),
    ms: String(local.getUTCMilliseconds()).padStart(3, '0'),
  }
}

/** `20191219102115`: East Africa Time, as callbacks write it. */
export function compactTime(instant: Date): string {
  const { year, month, day, hour, minute, second } = eatParts(instant)
  return year + month + day + hour + minute + second
}

/** `06.07.2024 22:48:52`: as payout results write it. */
export function dottedTime(instant: Date): string {
  const { year, month, day, hour, minute, second } = eatParts(instant)
  return `${day}.${month}.${year} ${hour}:${minute}:${second}`
}

/** `2024-07-06 22:48:52`: as the list of transactions writes it. */
export function listTime(instant: Date): string {
  const { year, month, day, hour, minute, second } = eatParts(instant)
  return `${year}-${month}-${day} ${hour}:${minute}:${second}`
}

/** `06-07-2024 22:48:52`: as the organisation portal exports it. */
export function statementTime(instant: Date): string {
  return dottedTime(instant).replaceAll('.', '-')
}

/** `ws_CO_1007202409152617172396192`: day first, milliseconds, then the last nine digits of the payer. */
export function checkoutRequestId(instant: Date, msisdn: string): string {
  const { year, month, day, hour, minute, second, ms } = eatParts(instant)
  return `ws_CO_${day}${month}${year}${hour}${minute}${second}${ms}${msisdn.slice(-9)}`
}

/** `2654-4b64-97ff-b827b542881d3130` */
export function merchantRequestId(random: Random): string {
  const hex = random.text(HEX, 28)
  return `${hex.slice(0, 4)}-${hex.slice(4, 8)}-${hex.slice(8, 12)}-${hex.slice(12)}`
}

/** `1c5b-4ba8-815c-ac45c57a3db01495926`, the id of a refused request. */
export function requestId(random: Random): string {
  const hex = random.text(HEX, 24)
  return `${hex.slice(0, 4)}-${hex.slice(4, 8)}-${hex.slice(8, 12)}-${hex.slice(12)}${random.text('0123456789', 7)}`
}

/** `AG_20240706_20106e9209f64bebd05b` */
export function conversationId(instant: Date, random: Random): string {
  return `AG_${compactTime(instant).slice(0, 8)}_${random.text(HEX, 20)}`
}

/** Opaque, as long as Safaricom's. */
export const accessToken = (random: Random) => random.text(ALPHANUMERIC, 28)

const YEAR_OF_M = 2018
const CODE_OF_M = 77
const LETTERS = 26

/**
 * An M-PESA receipt, e.g. `NLJ7RT61SV` = 19 December 2019: year letter (`M` is 2018), month letter (`A` is January),
 * day (`1`–`9`, `A`–`V`), then seven random characters.
 *
 * Undocumented by Safaricom; derived from dated samples of 2018 to 2026.
 */
export function receiptNumber(instant: Date, random: Random): string {
  const { year, month, day } = eatParts(instant)
  const yearLetter = String.fromCharCode(65 + ((CODE_OF_M - 65 + Number(year) - YEAR_OF_M) % LETTERS))
  const monthLetter = String.fromCharCode(64 + Number(month))
  const dayLetter = Number(day).toString(32).toUpperCase()
  return yearLetter + monthLetter + dayLetter + random.text(UPPER_ALPHANUMERIC, 7)
}
