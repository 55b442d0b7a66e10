import type { Language } from './language.ts'

/**
 * Instants as people read them on tickets. Names of days and months are CLDR's; the order is ours and the same in all four
 * languages, because CLDR puts the year first in Kinyarwanda, which nobody writes.
 *
 * The clock has 24 hours. Spoken Swahili and Kinyarwanda count hours from sunrise; tickets and bus parks do not.
 */

/** Short enough for a text message: `Fri 20/11 08:00`. @throws {RangeError} when the zone does not exist. */
export function shortInstant(instant: Date, timeZone: string, language: Language): string {
  const { weekday, day, month, hour, minute } = partsOf(instant, timeZone, language, 'short')
  return `${weekday.replace('.', '')} ${day}/${month} ${hour}:${minute}`
}

/** In full, for a mail: `Friday 20 November 2026, 08:00`. @throws {RangeError} when the zone does not exist. */
export function longInstant(instant: Date, timeZone: string, language: Language): string {
  const { weekday, day, month, year, hour, minute } = partsOf(instant, timeZone, language, 'long')
  return `${weekday} ${Number(day)} ${month} ${year}, ${hour}:${minute}`
}

type Style = 'short' | 'long'

/** Building a formatter costs 50 times as much as using it. */
const formatters = new Map<string, Intl.DateTimeFormat>()

function partsOf(instant: Date, timeZone: string, language: Language, style: Style) {
  const parts = formatterOf(timeZone, language, style).formatToParts(instant)
  const find = (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? ''
  const [weekday, day, month, year] = [find('weekday'), find('day'), find('month'), find('year')]
  return { weekday, day, month, year, hour: find('hour'), minute: find('minute') }
}

function formatterOf(timeZone: string, language: Language, style: Style): Intl.DateTimeFormat {
  const key = `${timeZone} ${language} ${style}`
  const known = formatters.get(key)
  if (known) return known
  // Kinyarwanda and Swahili have no short names of days that everybody reads.
  const weekday = style === 'short' && (language === 'en' || language === 'fr') ? 'short' : 'long'
  const made = new Intl.DateTimeFormat(language, {
    timeZone,
    weekday,
    day: '2-digit',
    month: style === 'short' ? '2-digit' : 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  formatters.set(key, made) // as many as there are zones: Intl refuses made-up names
  return made
}
