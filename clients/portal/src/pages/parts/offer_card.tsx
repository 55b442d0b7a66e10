import type { TripOffer } from '@tms/sdk/passenger'
import { buttonClass, Card, Icon } from '@tms/ui'
import { Link } from 'wouter'
import { paths, type Ride } from '../../app/routes.ts'
import { formatMoney } from '../../format/money.ts'
import { dayIn, dateOf, formatDuration, formatTime } from '../../format/time.ts'
import { useSpeech } from '../../i18n/texts.ts'
import { className } from './class_name.ts'

/** One bus that can be taken. */
export function OfferCard({
  offer,
  seatsAt = paths.trip,
}: {
  readonly offer: TripOffer
  /** Where its seats are chosen. */
  readonly seatsAt?: (ride: Ride) => string
}) {
  const { t } = useSpeech()
  const { origin, destination, timeZone } = offer
  const free = offer.classes.reduce((sum, one) => sum + (one.price ? one.freeSeats : 0), 0)
  return (
    <Card className={`p-4 sm:p-5 ${free === 0 ? 'opacity-75' : ''}`}>
      <div className="flex items-start justify-between gap-4">
        <div>
          <p className="flex items-baseline gap-2 text-2xl font-black tabular-nums">
            {formatTime(timeZone, origin?.time)}
            <span aria-hidden="true" className="text-base font-normal text-muted">
              →
            </span>
            {formatTime(timeZone, destination?.time)}
            {isNextDay(offer) && <span className="text-sm font-semibold text-ochre">{t('search.nextDay')}</span>}
          </p>
          <p className="mt-1 flex items-center gap-1.5 text-sm text-muted">
            <Icon name="clock" className="size-4" /> {formatDuration(t, offer.durationSeconds)}
          </p>
        </div>
        <p className="text-right font-bold">{offer.companyName}</p>
      </div>
      <p className="mt-2 text-sm">
        {origin?.stopName} → {destination?.stopName}
      </p>
      <div className="mt-3 flex flex-wrap items-center justify-between gap-3 border-t border-dashed border-line pt-3">
        <ul className="grid gap-0.5">
          {offer.classes.map(({ seatClass, freeSeats, price }) => (
            <li key={seatClass} className="text-sm">
              <span className="font-semibold">{className(t, seatClass)}</span>{' '}
              <span className="font-bold tabular-nums">{price ? formatMoney(price) : t('search.noFare')}</span>{' '}
              <span className="text-muted">
                · {freeSeats === 0 ? t('search.full') : t('search.seats', { count: freeSeats })}
              </span>
            </li>
          ))}
        </ul>
        {free > 0 ? (
          <Link
            href={seatsAt({
              tripId: offer.tripId,
              fromSequence: origin?.sequence ?? 0,
              toSequence: destination?.sequence ?? 0,
            })}
            className={buttonClass('main', 'ml-auto')}
          >
            {t('search.choose')}
            <span className="sr-only">{`, ${offer.companyName}, ${formatTime(timeZone, origin?.time)}`}</span>
          </Link>
        ) : (
          <p className="ml-auto font-bold text-bad">{t('search.full')}</p>
        )}
      </div>
    </Card>
  )
}

function isNextDay({ origin, destination, timeZone }: TripOffer): boolean {
  return dayIn(timeZone, dateOf(origin?.time)) !== dayIn(timeZone, dateOf(destination?.time))
}

/** The cheapest price of an offer that can be had. */
export function cheapest(offer: TripOffer) {
  const prices = offer.classes.flatMap(({ price, freeSeats }) => (price && freeSeats > 0 ? [price] : []))
  return prices.sort((a, b) => Number(a.units - b.units))[0]
}
