import { type Booking, reasonOf } from '@tms/sdk/passenger'
import { Notice } from '@tms/ui'
import { faultText } from '../../flow/faults.tsx'
import { isSilent, type LiveBus } from '../../flow/live_bus.ts'
import { formatInstant } from '../../format/time.ts'
import { useSpeech } from '../../i18n/texts.ts'

type Props = {
  readonly booking: Booking
  readonly bus: LiveBus
  /** When the bus was last heard of, as far as arrivals know; also before this page was opened. */
  readonly positionTime: { readonly seconds: bigint } | undefined
  readonly nowMs: number
}

/** How it stands with the bus, in one sentence that is read out when it changes. */
export function BusStatus({ booking, bus, positionTime, nowMs }: Props) {
  const { t } = useSpeech()
  const { link, seen, error } = bus
  const { timeZone } = booking
  if (error !== undefined) {
    const isForeign = reasonOf(error) === 'TRIP_UNKNOWN' || reasonOf(error) === 'TOKEN_MISSING'
    return <Notice tone="warn" title={isForeign ? t('live.foreign') : faultText(t, error)} />
  }
  if (link === 'OVER') return <Notice title={t('live.over')} />
  if (seen && !isSilent(seen, nowMs) && link === 'LIVE') {
    return (
      <p role="status" data-live="live" className="flex items-center gap-3 font-semibold">
        <span aria-hidden="true" className="size-3 rounded-full bg-good" />
        {t('live.live', { plate: seen.plate })}
      </p>
    )
  }
  const lastMs = seen?.sampleMs ?? (positionTime && Number(positionTime.seconds) * 1_000)
  const last = lastMs === undefined ? undefined : t('live.lastSeen', { time: formatInstant(timeZone, lastMs) })
  return (
    <div data-live={last === undefined ? 'waiting' : 'silent'}>
      <Notice tone={last === undefined ? 'info' : 'warn'} title={last ?? t('live.waiting')}>
        {link === 'LAST_SEEN' && <p>{t('live.reconnecting')}</p>}
        {link !== 'LAST_SEEN' && last !== undefined && <p>{t('live.silent')}</p>}
      </Notice>
    </div>
  )
}
