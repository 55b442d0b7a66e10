import type { Booking } from '@tms/sdk/passenger'
import { Notice, Skeleton } from '@tms/ui'
import { useEffect, useState } from 'react'
import { Link } from 'wouter'
import { type PageModule, type PageProps, paths } from '../app/routes.ts'
import { useBooking } from '../flow/booking.ts'
import { connected } from '../flow/connected.tsx'
import { LoadFault } from '../flow/faults.tsx'
import { useLiveBus } from '../flow/live_bus.ts'
import { useTripWay } from '../flow/trip_way.ts'
import { useTms } from '../flow/use_tms.ts'
import { dateOf, dayIn, formatDay, formatTime } from '../format/time.ts'
import { useSpeech } from '../i18n/texts.ts'
import { ArrivalCard } from './parts/arrival_card.tsx'
import { BusStatus } from './parts/bus_status.tsx'
import { ForeignBooking } from './parts/foreign_booking.tsx'
import { Heading } from './parts/heading.tsx'
import { MapFrame } from './parts/map_frame.tsx'
import { RideLine } from './parts/ride_line.tsx'
import { StopList } from './parts/stop_list.tsx'

export const title: PageModule['title'] = (t) => t('title.live')

export const Page = connected(LivePage)

function LivePage({ params }: PageProps) {
  const { t } = useSpeech()
  const { booking, isForeign, error, retry } = useBooking(params['bookingId'] ?? '')
  return (
    <div className="mx-auto grid max-w-2xl gap-5">
      <Heading>{t('live.heading')}</Heading>
      {booking && <Ride booking={booking} />}
      {isForeign && <ForeignBooking />}
      {!booking &&
        !isForeign &&
        (error ? <LoadFault error={error} retry={retry} /> : <Skeleton className="h-[32rem]" />)}
    </div>
  )
}

/** The bus of a booking: where it is, when it comes, on a map and in words. */
function Ride({ booking }: { readonly booking: Booking }) {
  const { t } = useSpeech()
  const bus = useLiveBus(useTms(), booking.tripId)
  const nowMs = useNow()
  const { way, stops, nameOf, arrivals, positionTime } = useTripWay(booking)
  const { origin, destination, timeZone, bookingId } = booking
  const when = `${formatDay(t, dayIn(timeZone, dateOf(origin?.time)))}, ${formatTime(timeZone, origin?.time)}`
  return (
    <>
      <RideLine from={origin} to={destination} when={when} />
      <BusStatus booking={booking} bus={bus} positionTime={positionTime} nowMs={nowMs} />
      <ArrivalCard booking={booking} arrivals={arrivals} />
      {way && <MapFrame way={way} bus={bus.seen} />}
      {stops.length > 0 ? (
        <StopList booking={booking} stops={stops} nameOf={nameOf} arrivals={arrivals} />
      ) : (
        bus.error === undefined && <Notice title={t('live.noWay')} />
      )}
      <Link href={paths.ticket(bookingId)} className="justify-self-center font-semibold text-brand underline">
        {t('live.back')}
      </Link>
    </>
  )
}

const TICK_MS = 1_000

function useNow(): number {
  const [nowMs, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [])
  return nowMs
}
