import type { Translate } from '../i18n/texts.ts'

type Timestamp = { readonly seconds: bigint } | undefined

/** A day as people write it, `2026-11-20`, in a zone. */
export function dayIn(timeZone: string, at: Date): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at)
}

/** A day some days after another. */
export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() + days)
  return date.toISOString().slice(0, 10)
}

/** Whether a text is a day of the calendar. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

/** `Friday 20 November`, in the language of the page. */
export function formatDay(t: Translate, day: string): string {
  const date = new Date(`${day}T00:00:00Z`)
  const weekday = t('time.days').split(',')[date.getUTCDay()]
  const month = t('time.months').split(',')[date.getUTCMonth()]
  return t('time.date', { weekday, day: date.getUTCDate(), month })
}

/** `08:05` in a zone. */
export function formatTime(timeZone: string, at: Timestamp): string {
  return formatInstant(timeZone, dateOf(at).getTime())
}

/** The same of an instant in milliseconds. */
export function formatInstant(timeZone: string, atMs: number): string {
  const options = { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
  return new Intl.DateTimeFormat('en-GB', options).format(atMs)
}

/** `2 h 15 min`. */
export function formatDuration(t: Translate, seconds: number): string {
  const minutes = Math.round(seconds / 60)
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60]
  return hours === 0 ? t('time.minutes', { minutes: rest }) : t('time.hours', { hours, minutes: rest })
}

/** `9:05` left; `0:00` at the end. */
export function formatCountdown(seconds: number): string {
  const left = Math.max(0, Math.floor(seconds))
  return `${Math.floor(left / 60)}:${(left % 60).toString().padStart(2, '0')}`
}

export function dateOf(at: Timestamp): Date {
  return new Date(Number(at?.seconds ?? 0n) * 1000)
}
