import { Icon } from '@tms/ui'
import { useEffect, useState } from 'react'
import { formatCountdown } from '../../format/time.ts'
import { useSpeech } from '../../i18n/texts.ts'

const HURRY_SECONDS = 120

/** How long the seats are still kept; read out by the minute, not by the second. */
export function Countdown({ until }: { readonly until: Date }) {
  const { t } = useSpeech()
  const [now, setNow] = useState<number>()
  useEffect(() => {
    const look = () => setNow(Date.now())
    look()
    const timer = setInterval(look, 1_000)
    return () => clearInterval(timer)
  }, [])
  const left = now === undefined ? undefined : (until.getTime() - now) / 1_000
  const isSoon = left !== undefined && left < HURRY_SECONDS
  return (
    <p
      role="timer"
      data-countdown={left === undefined ? undefined : Math.floor(left)}
      className={`flex items-center gap-2 rounded-control px-4 py-3 font-semibold tabular-nums ${isSoon ? 'bg-warn-soft text-warn' : 'bg-soft'}`}
    >
      <Icon name="clock" />
      {left === undefined ? '…' : t(isSoon ? 'pay.leftSoon' : 'pay.left', { time: formatCountdown(left) })}
    </p>
  )
}
