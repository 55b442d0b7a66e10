import { ChoiceAnswer, type TripChoice } from '@tms/sdk/disruption'
import type { Booking } from '@tms/sdk/passenger'
import { Button, Card, Icon, Notice } from '@tms/ui'
import { useState } from 'react'
import { Link } from 'wouter'
import { faultText } from '../../flow/faults.tsx'
import { formatMoney } from '../../format/money.ts'
import { dateOf, dayIn, formatDay, formatTime } from '../../format/time.ts'
import { useSpeech } from '../../i18n/texts.ts'
import { RideLine } from './ride_line.tsx'
import { searchAgain } from './search_again.ts'

type Props = {
  readonly booking: Booking
  readonly choice: TripChoice
  readonly choose: (answer: ChoiceAnswer) => void
  readonly isBusy: boolean
  readonly failed: unknown
}

/** Why one is asked and until when, then both ways out. */
export function ChoiceOptions({ booking, choice, choose, isBusy, failed }: Props) {
  const { t } = useSpeech()
  const { timeZone, reason } = choice
  const when = (at: TripChoice['deadlineTime']) => ({
    day: formatDay(t, dayIn(timeZone, dateOf(at))),
    time: formatTime(timeZone, at),
  })
  const departure = when(choice.origin?.time)
  return (
    <>
      <Notice tone="warn" title={t('choice.lead', { company: booking.companyName })}>
        {reason !== '' && <p>{t('choice.reason', { reason })}</p>}
        <p className="flex items-center gap-2 font-semibold">
          <Icon name="clock" /> {t('choice.until', when(choice.deadlineTime))}
        </p>
        <p>{t('choice.silent', { refund: formatMoney(choice.refund) })}</p>
      </Notice>
      {failed !== undefined && <Notice tone="bad" title={faultText(t, failed)} />}
      <Card className="grid gap-4 p-5">
        <h2 className="text-xl font-extrabold">{t('choice.move')}</h2>
        <RideLine from={choice.origin} to={choice.destination} when={`${departure.day}, ${departure.time}`} />
        <p>{t('choice.kept', { seats: choice.seatLabels.join(', '), count: choice.seatLabels.length })}</p>
        <Button busy={isBusy} className="min-h-14 text-lg" onClick={() => choose(ChoiceAnswer.MOVE)}>
          {t('choice.moveNow', { count: choice.seatLabels.length })}
        </Button>
      </Card>
      <Card className="grid gap-4 p-5">
        <h2 className="text-xl font-extrabold">{t('choice.refund')}</h2>
        <p>{t('ticket.refund', { amount: formatMoney(choice.refund) })}</p>
        <Refund isBusy={isBusy} choose={() => choose(ChoiceAnswer.REFUND)} />
        <Link href={searchAgain(booking)} className="justify-self-center font-semibold text-brand underline">
          {t('choice.others')}
        </Link>
      </Card>
    </>
  )
}

/** Asked twice: seats that are given up are gone. */
function Refund({ isBusy, choose }: { readonly isBusy: boolean; readonly choose: () => void }) {
  const { t } = useSpeech()
  const [isSure, setSure] = useState(false)
  if (!isSure) {
    return (
      <Button kind="quiet" disabled={isBusy} onClick={() => setSure(true)}>
        {t('choice.refundNow')}
      </Button>
    )
  }
  return (
    <>
      <Notice tone="warn" title={t('choice.refundAsk')} />
      <Button busy={isBusy} onClick={choose}>
        {t('choice.refundSure')}
      </Button>
      <Button kind="quiet" disabled={isBusy} onClick={() => setSure(false)}>
        {t('choice.wait')}
      </Button>
    </>
  )
}
