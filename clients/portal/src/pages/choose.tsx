import { ChoiceAnswer, ChoiceState, type TripChoice } from '@tms/sdk/disruption'
import { type Booking, reasonOf } from '@tms/sdk/passenger'
import { Notice, Skeleton } from '@tms/ui'
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { type PageModule, type PageProps, paths } from '../app/routes.ts'
import { useBooking } from '../flow/booking.ts'
import { connected } from '../flow/connected.tsx'
import { LoadFault } from '../flow/faults.tsx'
import { answer, useTripChoice } from '../flow/trip_choice.ts'
import { useTms } from '../flow/use_tms.ts'
import { dateOf, dayIn, formatDay, formatTime } from '../format/time.ts'
import { useSpeech } from '../i18n/texts.ts'
import { useAsking } from './parts/asking.tsx'
import { ChoiceMade } from './parts/choice_made.tsx'
import { ChoiceOptions } from './parts/choice_options.tsx'
import { ForeignBooking } from './parts/foreign_booking.tsx'
import { Heading } from './parts/heading.tsx'
import { RideLine } from './parts/ride_line.tsx'

export const title: PageModule['title'] = (t) => t('choice.heading')

export const Page = connected(ChoosePage)

/** After a cancelled trip: ride on with the next bus, on which seats are kept, or have the money back. */
function ChoosePage({ params }: PageProps) {
  const { t } = useSpeech()
  const { booking, isForeign, error, retry } = useBooking(params['bookingId'] ?? '')
  return (
    <div className="mx-auto grid max-w-md gap-5">
      <Heading>{t('choice.heading')}</Heading>
      {booking && <Asked booking={booking} />}
      {isForeign && <ForeignBooking />}
      {!booking && !isForeign && (error ? <LoadFault error={error} retry={retry} /> : <Skeleton className="h-96" />)}
    </div>
  )
}

function Asked({ booking }: { readonly booking: Booking }) {
  const { t } = useSpeech()
  const { choice, isNone, error, look } = useTripChoice(booking)
  const { origin, destination, timeZone, bookingId } = booking
  const when = `${formatDay(t, dayIn(timeZone, dateOf(origin?.time)))}, ${formatTime(timeZone, origin?.time)}`
  return (
    <>
      <div className="text-muted line-through">
        <RideLine from={origin} to={destination} when={when} />
      </div>
      {choice && <Choice booking={booking} choice={choice} look={look} />}
      {isNone && <Notice title={t('choice.closed')} />}
      {!choice &&
        !isNone &&
        (error ? <LoadFault error={error} retry={() => void look()} /> : <Skeleton className="h-80" />)}
      <Link href={paths.ticket(bookingId)} className="justify-self-center font-semibold text-brand underline">
        {t('live.back')}
      </Link>
    </>
  )
}

type ChoiceProps = {
  readonly booking: Booking
  readonly choice: TripChoice
  readonly look: () => Promise<void>
}

function Choice({ booking, choice, look }: ChoiceProps) {
  const tms = useTms()
  const [, go] = useLocation()
  const { isBusy, failed, ask } = useAsking()
  // The server's clock decides what is too late, not that of this device.
  const [isLate, setLate] = useState(false)

  const choose = (chosen: ChoiceAnswer) =>
    void ask(async () => {
      if (!tms) return
      try {
        const counting = await answer(tms, booking, choice.choiceId, chosen)
        if (chosen === ChoiceAnswer.MOVE && counting) go(paths.ticket(counting.bookingId), { replace: true })
        else await look()
      } catch (err) {
        // Decided elsewhere, too late, or other seats than those that were shown: what holds now is told instead.
        await look()
        if (reasonOf(err) !== 'CHOICE_OVER') throw err
        setLate(true)
      }
    })

  if (choice.state !== ChoiceState.OPEN || isLate) return <ChoiceMade booking={booking} choice={choice} />
  return <ChoiceOptions booking={booking} choice={choice} choose={choose} isBusy={isBusy} failed={failed} />
}
