import { useQuery } from '@connectrpc/connect-query'
import { type Booking, SearchOrder, TicketingService } from '@tms/sdk/passenger'
import { Field, inputClass, Notice, Skeleton } from '@tms/ui'
import { useSearchParams } from 'wouter'
import { type PageModule, type PageProps, paths } from '../app/routes.ts'
import { useBooking } from '../flow/booking.ts'
import { connected } from '../flow/connected.tsx'
import { LoadFault } from '../flow/faults.tsx'
import { dateOf, dayIn, formatDay, formatTime, isDay } from '../format/time.ts'
import { useSpeech } from '../i18n/texts.ts'
import { ForeignBooking } from './parts/foreign_booking.tsx'
import { Heading } from './parts/heading.tsx'
import { OfferCard } from './parts/offer_card.tsx'
import { RideLine } from './parts/ride_line.tsx'
import { searchOf } from './search.tsx'

export const title: PageModule['title'] = (t) => t('change.heading')

export const Page = connected(ChangePage)

/** Another bus for a booking: those of its company between the same towns, day by day. */
function ChangePage({ params, query }: PageProps) {
  const { t } = useSpeech()
  const { booking, isForeign, error, retry } = useBooking(params['bookingId'] ?? '')
  return (
    <div className="mx-auto grid max-w-2xl gap-5">
      <Heading>{t('change.heading')}</Heading>
      {booking && <Choice booking={booking} asked={query.get('date') ?? ''} />}
      {isForeign && <ForeignBooking />}
      {!booking && !isForeign && (error ? <LoadFault error={error} retry={retry} /> : <Skeleton className="h-96" />)}
    </div>
  )
}

function Choice({ booking, asked }: { readonly booking: Booking; readonly asked: string }) {
  const { t } = useSpeech()
  const [, setQuery] = useSearchParams()
  const { origin, destination, timeZone, bookingId } = booking
  const own = dayIn(timeZone, dateOf(origin?.time))
  const date = isDay(asked) ? asked : own
  const from = origin?.town || (origin?.stopName ?? '')
  const to = destination?.town || (destination?.stopName ?? '')
  const question = searchOf({ from, to, date }, SearchOrder.DEPARTURE)
  const { data, error, refetch } = useQuery(TicketingService.method.searchTrips, question)
  const offers = data?.offers.filter(({ tenantId }) => tenantId === booking.tenantId)
  return (
    <>
      <RideLine from={origin} to={destination} when={`${formatDay(t, own)}, ${formatTime(timeZone, origin?.time)}`} />
      <p>{t('change.lead', { count: booking.passengers.length })}</p>
      <Field label={t('form.date')}>
        {(given) => (
          <input
            {...given}
            type="date"
            value={date}
            className={inputClass}
            onChange={({ target }) => setQuery({ date: target.value }, { replace: true })}
          />
        )}
      </Field>
      {!offers && (error ? <LoadFault error={error} retry={() => void refetch()} /> : <Skeleton className="h-64" />)}
      {offers?.length === 0 && <Notice title={t('search.none')} />}
      <ul className="grid gap-4">
        {offers?.map((offer) => (
          <li key={`${offer.tripId} ${offer.origin?.sequence ?? 0}`}>
            <OfferCard offer={offer} seatsAt={(ride) => paths.tripInstead(ride, bookingId)} />
          </li>
        ))}
      </ul>
    </>
  )
}
