import { useQuery } from '@connectrpc/connect-query'
import { BookingChangeService, type ChangeQuote } from '@tms/sdk/changes'
import { type Booking, BookingState, factsOf, type Money, reasonOf, TicketingService } from '@tms/sdk/passenger'
import { Button, Card, Skeleton } from '@tms/ui'
import { Link, useLocation } from 'wouter'
import { TIME_ZONE } from '../app/boot.ts'
import { type PageModule, type PageProps, paths, type Ride, rideOf, seatsOf } from '../app/routes.ts'
import { useBooking } from '../flow/booking.ts'
import { changeBooking } from '../flow/change.ts'
import { connected } from '../flow/connected.tsx'
import { LoadFault } from '../flow/faults.tsx'
import { useTms } from '../flow/use_tms.ts'
import { formatMoney } from '../format/money.ts'
import { dateOf, dayIn, formatDay, formatTime } from '../format/time.ts'
import { useSpeech } from '../i18n/texts.ts'
import { AskForm, useAsking } from './parts/asking.tsx'
import { ForeignBooking } from './parts/foreign_booking.tsx'
import { Heading } from './parts/heading.tsx'
import { RideLine } from './parts/ride_line.tsx'

export const title: PageModule['title'] = (t) => t('change.heading')

export const Page = connected(ChangeToPage)

/** What a change costs, before it is made. */
function ChangeToPage({ params, query }: PageProps) {
  const { t } = useSpeech()
  const { booking, isOwn, isForeign, error, retry } = useBooking(params['bookingId'] ?? '')
  return (
    <div className="mx-auto grid max-w-2xl gap-5">
      <Heading>{t('change.heading')}</Heading>
      {booking && isOwn && <Change booking={booking} ride={rideOf(params)} seats={seatsOf(query)} />}
      {isForeign && <ForeignBooking />}
      {!isOwn && !isForeign && (error ? <LoadFault error={error} retry={retry} /> : <Skeleton className="h-96" />)}
    </div>
  )
}

type Props = { readonly booking: Booking; readonly ride: Ride; readonly seats: readonly string[] }

function Change({ booking, ride, seats }: Props) {
  const { t } = useSpeech()
  const tms = useTms()
  const [, go] = useLocation()
  const { isBusy, failed, ask } = useAsking()
  const { bookingId } = booking
  const { data: map } = useQuery(TicketingService.method.getSeatMap, ride)
  const wanted = { bookingId, ride: { ...ride, seatLabels: [...seats] } }
  const asked = useQuery(BookingChangeService.method.quoteChange, wanted, { staleTime: 0 })
  const quote = asked.data?.quote

  async function change(): Promise<void> {
    if (!tms || !quote) return
    try {
      const made = await changeBooking(tms, { bookingId, ride, seats, quote })
      const isDone = made?.state === BookingState.CONFIRMED
      go(isDone ? paths.ticket(made.bookingId) : paths.pay(made?.bookingId ?? ''), { replace: true })
    } catch (err) {
      if (reasonOf(err) === 'SEAT_TAKEN') return go(`${paths.tripInstead(ride, bookingId)}&lost=${lostIn(err)}`)
      void asked.refetch()
      throw err
    }
  }

  const when =
    map && `${formatDay(t, dayIn(TIME_ZONE, dateOf(map.origin?.time)))}, ${formatTime(TIME_ZONE, map.origin?.time)}`
  return (
    <>
      {when !== undefined && <RideLine from={map?.origin} to={map?.destination} when={when} />}
      <p className="font-semibold">{t('trip.chosen', { count: seats.length, seats: seats.join(', ') })}</p>
      {asked.error && <LoadFault error={asked.error} retry={() => void asked.refetch()} />}
      {!quote && !asked.error && <Skeleton className="h-48" />}
      {quote && (
        <AskForm submit={() => void ask(change)} failed={failed}>
          <Terms quote={quote} />
          <Button type="submit" busy={isBusy} className="min-h-14 text-lg">
            {isNothing(quote.amountDue) ? t('change.now') : t('change.pay', { total: formatMoney(quote.amountDue) })}
          </Button>
          <p className="text-center text-sm text-muted">{t('change.note')}</p>
        </AskForm>
      )}
      <Link href={paths.ticket(bookingId)} className="justify-self-center font-semibold text-brand underline">
        {t('ticket.keep')}
      </Link>
    </>
  )
}

function Terms({ quote: { credit, newTotal, fee, amountDue, refund } }: { readonly quote: ChangeQuote }) {
  const { t } = useSpeech()
  const rows: [string, Money | undefined][] = [
    [t('change.newTotal'), newTotal],
    [t('change.fee'), fee],
    [t('change.credit'), credit],
  ]
  const last: [string, Money | undefined] = isNothing(refund)
    ? [t('change.due'), amountDue]
    : [t('change.back'), refund]
  return (
    <Card className="p-5">
      <dl className="grid gap-2">
        {[...rows, last].map(([name, amount]) => (
          <div
            key={name}
            className="flex justify-between gap-4 last:border-t last:border-dashed last:border-line last:pt-2"
          >
            <dt className="text-muted">{name}</dt>
            <dd className="font-bold tabular-nums">{formatMoney(amount)}</dd>
          </div>
        ))}
      </dl>
    </Card>
  )
}

const isNothing = (amount: Money | undefined) => !amount || (amount.units === 0n && amount.nanos === 0)

const lostIn = (err: unknown) => encodeURIComponent(factsOf(err)['seat'] ?? '')
