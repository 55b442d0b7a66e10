import type { ArrivalPrediction, WayStop } from '@tms/sdk/tracking'
import type { Booking } from '@tms/sdk/passenger'
import { arrivalAt } from '../../flow/trip_way.ts'
import { formatTime } from '../../format/time.ts'
import { useSpeech } from '../../i18n/texts.ts'
import { ArrivalTime } from './arrival_time.tsx'

type Props = {
  readonly booking: Booking
  readonly stops: readonly WayStop[]
  readonly nameOf: (stop: WayStop) => string
  readonly arrivals: readonly ArrivalPrediction[]
}

/** The way in words: every stop, what the bus has behind it, and when it comes to the others. */
export function StopList({ booking, stops, nameOf, arrivals }: Props) {
  const { t } = useSpeech()
  const next = arrivals[0]?.sequence
  const passed = (sequence: number) => next !== undefined && sequence < next
  const mine = (sequence: number) =>
    sequence === booking.origin?.sequence
      ? t('live.getOn')
      : sequence === booking.destination?.sequence
        ? t('live.getOff')
        : undefined
  return (
    <section aria-labelledby="stops">
      <h2 id="stops" className="text-2xl font-extrabold">
        {t('live.stops')}
      </h2>
      <ol className="mt-3 grid">
        {stops.map((stop) => {
          const arrival = arrivalAt(arrivals, stop.sequence)
          return (
            <li
              key={stop.sequence}
              data-stop={passed(stop.sequence) ? 'passed' : stop.sequence === next ? 'next' : 'ahead'}
              className="ml-2 border-l-4 border-line py-2 pl-5 data-[stop=next]:border-brand data-[stop=passed]:text-muted"
            >
              <p className="font-bold">
                {nameOf(stop) || t('live.stop', { number: stop.sequence + 1 })}
                {mine(stop.sequence) && <span className="ml-2 text-sm text-ochre">{mine(stop.sequence)}</span>}
              </p>
              <p className="text-sm text-muted">
                {t('live.timetable', { time: formatTime(booking.timeZone, stop.scheduledTime) })}
                {passed(stop.sequence) && ` · ${t('live.passed')}`}
                {stop.sequence === next && ` · ${t('live.next')}`}
              </p>
              {arrival && <ArrivalTime timeZone={booking.timeZone} arrival={arrival} className="font-semibold" />}
            </li>
          )
        })}
      </ol>
    </section>
  )
}
