import { ChoiceDecider, ChoiceState, type TripChoice } from '@tms/sdk/disruption'
import type { Booking } from '@tms/sdk/passenger'
import { buttonClass, Notice } from '@tms/ui'
import { Link } from 'wouter'
import { paths } from '../../app/routes.ts'
import { formatMoney } from '../../format/money.ts'
import { type Translate, useSpeech } from '../../i18n/texts.ts'
import { searchAgain } from './search_again.ts'

/** What became of a choice, and where to go from there. */
export function ChoiceMade({ booking, choice }: { readonly booking: Booking; readonly choice: TripChoice }) {
  const { t } = useSpeech()
  const { state, replacementBookingId } = choice
  if (state === ChoiceState.MOVED) {
    return (
      <Notice tone="good" title={t('choice.moved')}>
        <Link href={paths.ticket(replacementBookingId)} className={buttonClass('main', 'justify-self-start')}>
          {t('change.newTicket')}
        </Link>
      </Notice>
    )
  }
  return (
    <Notice tone={isOwnWish(choice) ? 'good' : 'warn'} title={wordsFor(t, choice)}>
      <Link href={searchAgain(booking)} className={buttonClass('main', 'justify-self-start')}>
        {t('trip.other')}
      </Link>
    </Notice>
  )
}

function wordsFor(t: Translate, choice: TripChoice): string {
  const refund = formatMoney(choice.refund)
  if (isOwnWish(choice)) return t('choice.refunded', { refund })
  // Open still, and refused: its time is over, and the money follows.
  const isLate = choice.state === ChoiceState.OPEN || choice.decider === ChoiceDecider.DEADLINE
  return isLate ? t('choice.late', { refund }) : t('choice.closed')
}

const isOwnWish = ({ state, decider }: TripChoice) =>
  state === ChoiceState.REFUNDED && decider === ChoiceDecider.PASSENGER
