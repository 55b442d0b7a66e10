import { serviceDateOf, serviceInstant } from '#kit'

/** Where payouts have their days: the providers' own limits count in East Africa Time. */
const ZONE = 'Africa/Nairobi'
const DAY_MS = 86_400_000

/** The day whose limits a payout counts against, e.g. `2026-11-20`. */
export function capDayOf(instant: Date): string {
  return serviceDateOf(instant, ZONE)
}

/**
 * When the next batch leaves.
 *
 * @param times times of day as `HH:MM`, East Africa Time
 * @throws {RangeError} when there is none, or one cannot be read
 */
export function nextBatchTime(now: Date, times: readonly string[]): Date {
  const seconds = times.map(secondsOf)
  const candidates = [now, new Date(now.getTime() + DAY_MS)].flatMap((day) =>
    seconds.map((second) => serviceInstant(capDayOf(day), second, ZONE).getTime()),
  )
  const later = candidates.filter((instant) => instant > now.getTime())
  if (later.length === 0) throw new RangeError('batches need a time of day')
  return new Date(Math.min(...later))
}

function secondsOf(time: string): number {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? []
  if (hours === undefined || minutes === undefined) throw new RangeError(`"${time}" is not a time of day like 16:30`)
  return (Number(hours) * 60 + Number(minutes)) * 60
}
