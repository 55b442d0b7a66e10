import { money, type Money, parseMoney } from '#kit'

const DAY_MS = 86_400_000
/** Day 0 of spreadsheets, 1900 having been counted as a leap year. */
const SPREADSHEET_EPOCH_MS = Date.UTC(1899, 11, 30)

/** The form in which headers are compared: letters alone, in lower case. */
export function headerName(cell: string): string {
  return cell.toLowerCase().replaceAll(/[^a-z]/g, '')
}

/** Finds columns by any of their names; -1 for one that is not there. */
export function columnsOf(cells: readonly string[]): (...names: readonly string[]) => number {
  const known = cells.map(headerName)
  return (...names) => names.map((name) => known.indexOf(name)).find((index) => index >= 0) ?? -1
}

/**
 * An amount with or without thousands separators, of either sign; undefined for an empty cell.
 *
 * @throws {RangeError} when it is no amount of the currency
 */
export function amountIn(currency: string, cell: string): Money | undefined {
  const text = cell.trim()
  if (text === '' || text === '-') return undefined
  return parseMoney(currency, /^[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(text) ? text.replaceAll(',', '') : text)
}

/** Without its sign. */
export function absolute({ currency, minor }: Money): Money {
  return money(currency, minor < 0n ? -minor : minor)
}

const YEAR_FIRST = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?/
const DAY_FIRST = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?: (\d{1,2}):(\d{2})(?::(\d{2}))?)?/
const SERIAL = /^\d{5}(?:\.\d+)?$/

/**
 * A local time as portals write it: `20-11-2026 07:00:00`, `2026-11-20 07:00:00`, or a spreadsheet's serial number.
 *
 * @param offsetHours of the portal's clock from UTC
 * @throws {RangeError} when it is none
 */
export function timeIn(cell: string, offsetHours: number): Date {
  const text = cell.trim()
  const local = SERIAL.test(text) ? serialMs(Number(text)) : (yearFirst(text) ?? dayFirst(text))
  if (local === undefined) throw new RangeError(`"${text}" is not a time`)
  return new Date(local - offsetHours * 3_600_000)
}

function serialMs(days: number): number {
  return Math.round((SPREADSHEET_EPOCH_MS + days * DAY_MS) / 1000) * 1000
}

function yearFirst(text: string): number | undefined {
  const [, year, month, day, ...time] = YEAR_FIRST.exec(text) ?? []
  return utcMs(year, month, day, time)
}

function dayFirst(text: string): number | undefined {
  const [, day, month, year, ...time] = DAY_FIRST.exec(text) ?? []
  return utcMs(year, month, day, time)
}

function utcMs(year = '', month = '', day = '', time: readonly (string | undefined)[]): number | undefined {
  if (year === '') return undefined
  const [hour = 0, minute = 0, second = 0] = time.map((part) => Number(part ?? 0))
  const ms = Date.UTC(Number(year), Number(month) - 1, Number(day), hour, minute, second)
  const read = new Date(ms)
  // 31 February is no day, though Date makes one of it.
  const real = read.getUTCDate() === Number(day) && read.getUTCMonth() === Number(month) - 1
  return real && hour < 24 && minute < 60 && second < 60 ? ms : undefined
}

/** Text that is kept: without control characters, which the database would refuse, and not longer than `max`. */
export function plain(cell: string, max = 100): string {
  return [...cell.trim()]
    .filter((character) => character >= ' ' && character !== '\u007f')
    .join('')
    .slice(0, max)
}
