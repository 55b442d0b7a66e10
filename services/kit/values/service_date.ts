/**
 * Service dates and the times counted from them, as timetables do.
 *
 * A service date is text, `2026-11-20`. A time is a number of seconds since "noon minus 12 hours" of that date in the
 * company's zone; it may pass 86,400, so `25:10:00` is ten past one in the night that follows.
 * Source: GTFS Schedule reference, field types Date and Time.
 */

const dayMs = 86_400_000
const hourMs = 3_600_000

/** Whether a text is a date of the calendar in the form `2026-11-20`. */
export function isServiceDate(text: string): boolean {
  return dateMs(text) !== undefined
}

/**
 * The instant of a timetable's time.
 *
 * Counted from twelve hours before local noon, not from midnight: so a bus of 08:00 leaves when clocks show eight also
 * on the day they change. On days without a change, in Rwanda and Kenya on all days, that is midnight.
 *
 * @param seconds time since the service day began, negative ones included.
 * @param timeZone IANA name, e.g. `Africa/Kigali`.
 * @throws {RangeError} when the date or the zone does not exist.
 */
export function serviceInstant(serviceDate: string, seconds: number, timeZone: string): Date {
  return new Date(serviceDayStart(serviceDate, timeZone) + seconds * 1000)
}

/**
 * The inverse of `serviceInstant`: seconds from the beginning of the service day to an instant, rounded down.
 *
 * @throws {RangeError} when the date or the zone does not exist.
 */
export function serviceSeconds(instant: Date, serviceDate: string, timeZone: string): number {
  return Math.floor((instant.getTime() - serviceDayStart(serviceDate, timeZone)) / 1000)
}

/**
 * The date on the wall calendar at an instant.
 *
 * A trip that runs past midnight keeps the service date it set out on; the calendar does not know that, the trip does.
 *
 * @throws {RangeError} when the instant or the zone does not exist.
 */
export function serviceDateOf(instant: Date, timeZone: string): string {
  return isoDate(localMs(instant.getTime(), timeZone))
}

/**
 * Reads a GTFS time: `6:00:00`, `06:00:00` or `25:10:00`, spaces around it allowed. Gives seconds since the service day began.
 *
 * @throws {RangeError} when the text is not a time.
 */
export function parseGtfsTime(text: string): number {
  const match = /^\s*(\d{1,3}):([0-5]\d):([0-5]\d)\s*$/.exec(text)
  if (!match) throw new RangeError(`"${text}" is not a time of the form HH:MM:SS`)
  return (Number(match[1]) * 60 + Number(match[2])) * 60 + Number(match[3])
}

/**
 * Writes a GTFS time: 90,600 seconds are `25:10:00`.
 *
 * @throws {RangeError} when the seconds are negative or not whole.
 */
export function formatGtfsTime(seconds: number): string {
  if (!Number.isSafeInteger(seconds) || seconds < 0)
    throw new RangeError(`${seconds} seconds are not a time of a service day`)
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return parts.map((part) => part.toString().padStart(2, '0')).join(':')
}

/** Reads a GTFS date: `20261120` is `2026-11-20`. @throws {RangeError} when there is no such day. */
export function parseGtfsDate(text: string): string {
  const match = /^\s*(\d{4})(\d\d)(\d\d)\s*$/.exec(text)
  const date = match ? `${match[1]}-${match[2]}-${match[3]}` : ''
  if (!isServiceDate(date)) throw new RangeError(`"${text}" is not a date of the form YYYYMMDD`)
  return date
}

/** The date some days later, or earlier for a negative number. @throws {RangeError} when the date does not exist. */
export function addDays(serviceDate: string, days: number): string {
  return isoDate(knownDateMs(serviceDate) + days * dayMs)
}

/** How many days `to` is after `from`; negative when it is before. @throws {RangeError} when a date does not exist. */
export function daysBetween(from: string, to: string): number {
  return (knownDateMs(to) - knownDateMs(from)) / dayMs
}

/** A day of the week as ISO 8601 counts: Monday is 1, Sunday is 7. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7

/** The day of the week of a date. @throws {RangeError} when the date does not exist. */
export function weekdayOf(serviceDate: string): Weekday {
  return (new Date(knownDateMs(serviceDate)).getUTCDay() || 7) as Weekday
}

/** Day starts by zone and date. A search asks for the same few dates thousands of times a second. */
const dayStarts = new Map<string, number>()
const dayStartsKept = 4096

function serviceDayStart(serviceDate: string, timeZone: string): number {
  const key = `${timeZone} ${serviceDate}`
  const known = dayStarts.get(key)
  if (known !== undefined) return known
  const start = utcOfLocal(knownDateMs(serviceDate) + 12 * hourMs, timeZone) - 12 * hourMs
  if (dayStarts.size >= dayStartsKept) dayStarts.clear()
  dayStarts.set(key, start)
  return start
}

/** The instant at which clocks of the zone show a local time; both in milliseconds, the local time as if it were UTC. */
function utcOfLocal(local: number, timeZone: string): number {
  const guess = local - offsetMs(local, timeZone)
  // The first guess used the offset of an instant up to 14 hours off, perhaps beyond a change of clocks.
  return local - offsetMs(guess, timeZone)
}

const offsetMs = (instant: number, timeZone: string) => localMs(instant, timeZone) - Math.floor(instant / 1000) * 1000

/** What clocks of the zone show at an instant, to the second, as if it were UTC. */
function localMs(instant: number, timeZone: string): number {
  const shown = formatterOf(timeZone).format(instant) // 11/20/2026, 14:05:09
  const [month = '', day = '', year = '', hour = '', minute = '', second = ''] = shown.split(/\D+/)
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
}

/** Formatters by zone: building one takes 30 times as long as using it. */
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  formatters.set(timeZone, made) // as many as there are zones: Intl refuses made-up names
  return made
}

function dateMs(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined
  const ms = Date.parse(`${text}T00:00:00Z`)
  // Some engines read 31 February as 3 March.
  return Number.isNaN(ms) || isoDate(ms) !== text ? undefined : ms
}

function knownDateMs(serviceDate: string): number {
  const ms = dateMs(serviceDate)
  if (ms === undefined) throw new RangeError(`"${serviceDate}" is not a date of the form YYYY-MM-DD`)
  return ms
}

const isoDate = (ms: number) => new Date(ms).toISOString().slice(0, 10)
