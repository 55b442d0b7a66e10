import type { ArrivalPrediction } from '@tms/sdk/tracking'
import type { Booking, TripPoint } from '@tms/sdk/passenger'
import { Card } from '@tms/ui'
import { arrivalAt } from '../../flow/trip_way.ts'
import { formatTime } from '../../format/time.ts'
import { useSpeech } from '../../i18n/texts.ts'
import { ArrivalTime } from './arrival_time.tsx'

type Props = { readonly booking: Booking; readonly arrivals: readonly ArrivalPrediction[] }

/** When the bus is where its passenger gets on, and where he gets off; nothing while that cannot be said. */
export function ArrivalCard({ booking, arrivals }: Props) {
  const { t } = useSpeech()
  const { origin, destination, timeZone } = booking
  const ends: readonly (readonly [TripPoint | undefined, string])[] = [
    [origin, t('live.getOn')],
    [destination, t('live.getOff')],
  ]
  const told = ends.flatMap(([point, words]) => {
    const arrival = arrivalAt(arrivals, point?.sequence)
    return point && arrival ? [{ point, words, arrival }] : []
  })
  if (told.length === 0) return null
  return (
    <Card className="grid gap-4 p-4 sm:grid-cols-2 sm:p-5">
      {told.map(({ point, words, arrival }) => (
        <div key={point.sequence}>
          <p className="text-sm text-muted">{words}</p>
          <p className="font-bold">{point.stopName}</p>
          <ArrivalTime timeZone={timeZone} arrival={arrival} className="text-2xl font-black" />
          <p className="text-sm text-muted">
            {t('live.timetable', { time: formatTime(timeZone, arrival.scheduledTime) })}
          </p>
        </div>
      ))}
    </Card>
  )
}
