import { useQuery } from '@connectrpc/connect-query'
import {
  type GetSeatMapResponse,
  type MapSeat,
  reasonOf,
  SaleBar,
  SeatState,
  TicketingService,
} from '@tms/sdk/passenger'
import { Button, buttonClass, Icon, Notice, Skeleton } from '@tms/ui'
import { useEffect, useMemo, useState } from 'react'
import { Link, useLocation, useSearchParams } from 'wouter'
import { TIME_ZONE } from '../app/boot.ts'
import { changedBookingOf, type PageModule, type PageProps, paths, type Ride, rideOf, seatsOf } from '../app/routes.ts'
import { useAfterPaint } from '../flow/after_paint.ts'
import { connected } from '../flow/connected.tsx'
import { draftOf, rideKeyOf } from '../flow/draft.ts'
import { LoadFault } from '../flow/faults.tsx'
import { keepWithin, nearestFree, together } from '../flow/seat_choice.ts'
import { formatMoney } from '../format/money.ts'
import { dateOf, dayIn, formatDay, formatTime } from '../format/time.ts'
import { useSpeech } from '../i18n/texts.ts'
import { Heading } from './parts/heading.tsx'
import { RideLine } from './parts/ride_line.tsx'
import { SeatMap } from './parts/seat_map.tsx'
import { totalOf } from './parts/total.ts'

export const title: PageModule['title'] = (t) => t('title.trip')

/** How often the map is looked at anew while somebody chooses. */
const LOOK_MS = 5_000

export const Page = connected(TripPage)

function TripPage({ params, query }: PageProps) {
  const ride = rideOf(params)
  const { t } = useSpeech()
  const map = useQuery(TicketingService.method.getSeatMap, ride, { refetchInterval: LOOK_MS, staleTime: 0 })
  const [own, setOwn] = useState<readonly string[]>([])
  useEffect(() => setOwn(draftOf(rideKeyOf(ride))?.seats ?? []), [ride.tripId])
  const seen = useMemo(() => map.data && withOwn(map.data, own), [map.data, own])
  return (
    <div className="grid gap-5">
      <Heading>{t('trip.heading')}</Heading>
      {seen ? (
        <Chooser ride={ride} map={seen} query={query} />
      ) : map.error ? (
        <TripFault error={map.error} retry={() => void map.refetch()} />
      ) : (
        <Waiting />
      )}
    </div>
  )
}

/** Seats that this device holds itself are free for it: whoever comes back from the payment finds the choice as it was. */
function withOwn(map: GetSeatMapResponse, own: readonly string[]): GetSeatMapResponse {
  const isOwn = ({ label, state }: MapSeat) => state === SeatState.HELD && own.includes(label)
  return { ...map, seats: map.seats.map((seat) => (isOwn(seat) ? { ...seat, state: SeatState.FREE } : seat)) }
}

function TripFault({ error, retry }: { readonly error: Error; readonly retry: () => void }) {
  const { t } = useSpeech()
  const reason = reasonOf(error)
  if (reason !== 'TRIP_UNKNOWN' && reason !== 'LEGS_INVALID') return <LoadFault error={error} retry={retry} />
  return <Notice tone="warn" title={t('trip.missing')} />
}

type ChooserProps = { readonly ride: Ride; readonly map: GetSeatMapResponse; readonly query: URLSearchParams }

function Chooser({ ride, map, query }: ChooserProps) {
  const { t } = useSpeech()
  const [, setQuery] = useSearchParams()
  const [, go] = useLocation()
  const chosen = seatsOf(query)
  const changed = changedBookingOf(query)
  const choose = (seats: readonly string[]) => setQuery(queryWith(query, seats), { replace: true })
  const afterPaint = useAfterPaint()
  const goOn = () => {
    afterPaint.now()
    const seats = seatsOf(new URLSearchParams(location.search))
    go(changed === undefined ? paths.checkout(ride, seats) : paths.changeTo(changed, ride, seats))
  }
  const lost = useLostSeats(map, chosen, choose)
  const { origin, destination } = map
  const timeText = `${formatDay(t, dayIn(TIME_ZONE, dateOf(origin?.time)))}, ${formatTime(TIME_ZONE, origin?.time)}`
  return (
    <>
      <RideLine from={origin} to={destination} when={timeText} />
      {map.bar !== SaleBar.UNSPECIFIED && <Barred map={map} />}
      <Lost seats={lost ?? query.get('lost') ?? ''} chosen={chosen} map={map} />
      <Together map={map} chosen={chosen} choose={choose} />
      <SeatMap map={map} chosen={chosen} choose={choose} later={afterPaint.later} />
      <div className="sticky bottom-0 -mx-4 border-t border-line bg-surface px-4 py-3 shadow-card">
        <div className="mx-auto flex max-w-3xl items-center justify-between gap-4">
          <div aria-live="polite">
            {chosen.length === 0 ? (
              <p className="text-muted">{t('trip.chooseOne')}</p>
            ) : (
              <>
                <p className="text-sm text-muted">
                  {t('trip.chosen', { count: chosen.length, seats: chosen.join(', ') })}
                </p>
                <p className="text-xl font-black tabular-nums">{formatMoney(totalOf(map, chosen))}</p>
              </>
            )}
          </div>
          <Button disabled={chosen.length === 0} onClick={goOn} className="text-lg">
            {t('trip.continue')}
          </Button>
        </div>
      </div>
    </>
  )
}

/** The same address with other seats, and what it says besides. */
function queryWith(query: URLSearchParams, seats: readonly string[], lost?: string): URLSearchParams {
  const next = new URLSearchParams(query)
  next.delete('seats')
  if (seats.length > 0) next.set('seats', seats.join(','))
  if (lost !== undefined) next.set('lost', lost)
  return next
}

/** Puts another seat in the place of one that was taken meanwhile. Returns the labels of those lost. */
function useLostSeats(map: GetSeatMapResponse, chosen: readonly string[], choose: (seats: readonly string[]) => void) {
  const kept = keepWithin(map.seats, chosen)
  const gone = chosen.filter((label) => !kept.includes(label))
  const [query, setQuery] = useSearchParams()
  useEffect(() => {
    if (gone.length === 0) return
    const seats = gone.reduce((now, label) => [...now, ...nearestFree(map.seats, label, now)], kept)
    setQuery(queryWith(query, seats, gone.join(',')), { replace: true })
  }, [gone.join(','), query, choose])
  return gone.length > 0 ? gone.join(', ') : undefined
}

function Lost({
  seats,
  chosen,
  map,
}: {
  readonly seats: string
  readonly chosen: readonly string[]
  readonly map: GetSeatMapResponse
}) {
  const { t } = useSpeech()
  if (seats === '') return null
  const isFull = !map.seats.some(({ state }) => state === SeatState.FREE)
  return (
    <Notice tone="warn" title={t('trip.lost', { seat: seats })}>
      {chosen.length > 0 && <p>{t('trip.lostOffered', { seat: chosen.join(', ') })}</p>}
      {isFull && <p>{t('trip.lostFull')}</p>}
    </Notice>
  )
}

function Barred({ map }: { readonly map: GetSeatMapResponse }) {
  const { t } = useSpeech()
  const name = (['CANCELLED', 'CLOSED', 'SUSPENDED'] as const).find((one) => SaleBar[one] === map.bar) ?? 'CLOSED'
  const asked = { from: map.origin?.town ?? '', to: map.destination?.town ?? '' }
  return (
    <Notice tone="warn" title={t(`trip.${name}`)}>
      <Link href={paths.search(asked)} className={buttonClass('main', 'justify-self-start')}>
        {t('trip.other')}
      </Link>
    </Notice>
  )
}

/** Seats side by side for a group, chosen in one go. */
function Together({
  map,
  chosen,
  choose,
}: {
  readonly map: GetSeatMapResponse
  readonly chosen: readonly string[]
  readonly choose: (seats: readonly string[]) => void
}) {
  const { t } = useSpeech()
  return (
    <div role="group" aria-label={t('trip.howMany')} className="flex flex-wrap items-center gap-2">
      <span className="mr-1 inline-flex items-center gap-2 text-sm font-semibold">
        <Icon name="user" /> {t('trip.howMany')}
      </span>
      {[1, 2, 3, 4, 5, 6].map((count) => (
        <button
          key={count}
          type="button"
          aria-pressed={chosen.length === count}
          onClick={() => choose(together(map.seats, count))}
          className="size-12 rounded-control border border-line bg-surface font-bold hover:border-field aria-pressed:border-brand aria-pressed:bg-soft"
        >
          {count}
        </button>
      ))}
    </div>
  )
}

function Waiting() {
  return (
    <>
      <Skeleton className="h-16" />
      <Skeleton className="mx-auto h-[36rem] w-80" />
    </>
  )
}
