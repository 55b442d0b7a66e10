import type { ArrivalPrediction } from '@tms/sdk/tracking'
import { formatTime } from '../../format/time.ts'
import { useSpeech } from '../../i18n/texts.ts'

/** When a bus is likely to come, and how sure that is: eight in ten come between the two times. */
export function ArrivalTime({
  timeZone,
  arrival: { predictedTime, earlyTime, lateTime },
  className = '',
}: {
  readonly timeZone: string
  readonly arrival: ArrivalPrediction
  readonly className?: string
}) {
  const { t } = useSpeech()
  const [time, early, late] = [predictedTime, earlyTime, lateTime].map((at) => formatTime(timeZone, at))
  return (
    <>
      <p className={`tabular-nums ${className}`}>{t('live.about', { time })}</p>
      {early !== late && <p className="text-sm tabular-nums">{t('live.between', { early, late })}</p>}
    </>
  )
}
