import { useQuery } from '@connectrpc/connect-query'
import { SearchOrder, TicketingService, type TripOffer } from '@tms/sdk/passenger'
import { buttonClass, Card, Icon, Notice, Skeleton } from '@tms/ui'
import { useState } from 'react'
import { Link, useSearchParams } from 'wouter'
import { TIME_ZONE, useBoot } from '../app/boot.ts'
import { type PageModule, type PageProps, paths } from '../app/routes.ts'
import { connected } from '../flow/connected.tsx'
import { LoadFault } from '../flow/faults.tsx'
import { type Filter, fitting, noFilter } from '../flow/offer_filter.ts'
import { formatMoney } from '../format/money.ts'
import { addDays, dayIn, formatDay, isDay } from '../format/time.ts'
import { useSpeech } from '../i18n/texts.ts'
import { Filters } from './parts/filters.tsx'
import { Heading } from './parts/heading.tsx'
import { OfferCard } from './parts/offer_card.tsx'
import { type Asked, SearchForm } from './parts/search_form.tsx'

export const title: PageModule['title'] = (t, { query }) => {
  const { from, to } = askedFrom(query, '')
  return t('title.search', { from, to })
}

/** What an address asks for; a day that is none is today. */
export function askedFrom(query: URLSearchParams, today: string): Asked {
  const text = (name: string) => (query.get(name) ?? '').trim().slice(0, 80)
  const date = query.get('date') ?? ''
  return { from: text('from'), to: text('to'), date: isDay(date) ? date : today }
}

/** The question that goes to the service; the same words on the server and in the browser. */
export function searchOf({ from, to, date }: Asked, order: SearchOrder) {
  const text = (value: string) => ({ place: { case: 'text' as const, value } })
  return { origin: text(from), destination: text(to), serviceDate: date, order, pageSize: 100 }
}

/** How many days' fares stand side by side. */
const DAYS_SHOWN = 5

/** The question for the fares of the days around the one that is asked for. */
export function dayFaresOf({ from, to, date }: Asked, today: string) {
  const text = (value: string) => ({ place: { case: 'text' as const, value } })
  const before = addDays(date, -1)
  const firstDate = before < today ? date : before
  return { origin: text(from), destination: text(to), firstDate, dayCount: DAYS_SHOWN }
}

/** Anything but digits and letters of control can be asked for. */
export function isAskable({ from, to }: Asked): boolean {
  const isName = (text: string) => text !== '' && !/\p{Cc}/u.test(text)
  return isName(from) && isName(to)
}

export const Page = connected(SearchPage)

function SearchPage({ query }: PageProps) {
  const { t } = useSpeech()
  const { today } = useBoot()
  const asked = askedFrom(query, today)
  return (
    <div className="grid gap-5 pt-1">
      {isAskable(asked) ? (
        <>
          <Heading>
            {asked.from} <span className="text-ochre">→</span> {asked.to}
          </Heading>
          <details className="rounded-card border border-line bg-surface">
            <summary className="flex min-h-12 list-none items-center gap-2 px-4 font-semibold text-brand">
              <Icon name="swap" /> {t('search.change')}
            </summary>
            <div className="border-t border-line p-4">
              <SearchForm asked={asked} />
            </div>
          </details>
          <DayBar asked={asked} today={today} />
          <DayFares asked={asked} today={today} />
          <Results asked={asked} />
        </>
      ) : (
        <>
          <Heading>{t('home.heading')}</Heading>
          <Card className="p-4 sm:p-6">
            <SearchForm asked={asked} />
          </Card>
        </>
      )}
    </div>
  )
}

/** The day, and those beside it. */
function DayBar({ asked, today }: { readonly asked: Asked; readonly today: string }) {
  const { t } = useSpeech()
  const before = addDays(asked.date, -1)
  return (
    <div className="flex items-center justify-between gap-2">
      {before >= today ? (
        <Link href={paths.search({ ...asked, date: before })} className={buttonClass('quiet', 'px-3')}>
          <Icon name="back" />
          <span className="sr-only">{t('search.earlier')}</span>
        </Link>
      ) : (
        <span className="size-12" />
      )}
      <p className="text-lg font-bold">{formatDay(t, asked.date)}</p>
      <Link href={paths.search({ ...asked, date: addDays(asked.date, 1) })} className={buttonClass('quiet', 'px-3')}>
        <span className="sr-only">{t('search.later')}</span>
        <Icon name="next" />
      </Link>
    </div>
  )
}

/** The days around, with what they cost at least. */
function DayFares({ asked, today }: { readonly asked: Asked; readonly today: string }) {
  const { t } = useSpeech()
  const { data } = useQuery(TicketingService.method.listDayFares, dayFaresOf(asked, today))
  if (!data || data.days.length < 2) return null
  return (
    <nav aria-label={t('line.days')}>
      <ul className="flex gap-2 overflow-x-auto pb-1">
        {data.days.map(({ serviceDate, lowestFare }) => (
          <li key={serviceDate} className="shrink-0">
            <Link
              href={paths.search({ ...asked, date: serviceDate })}
              aria-current={serviceDate === asked.date ? 'date' : undefined}
              className="grid min-h-14 rounded-control border border-line bg-surface px-3 py-2 text-center text-sm hover:border-field aria-[current]:border-brand aria-[current]:bg-soft"
            >
              <span>{formatDay(t, serviceDate)}</span>
              <strong className="tabular-nums">{formatMoney(lowestFare)}</strong>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}

const ORDERS = ['DEPARTURE', 'PRICE', 'DURATION'] as const

function Results({ asked }: { readonly asked: Asked }) {
  const { t } = useSpeech()
  const [query, setQuery] = useSearchParams()
  const order = ORDERS.find((one) => one === query.get('sort')) ?? 'DEPARTURE'
  const [filter, setFilter] = useState<Filter>(noFilter)
  const { data, error, refetch } = useQuery(TicketingService.method.searchTrips, searchOf(asked, SearchOrder[order]))
  if (error) return <LoadFault error={error} retry={() => void refetch()} />
  if (!data) return <Waiting />
  if (data.offers.length === 0) return <Nothing asked={asked} next={data.nextPossibleDate} />
  const shown = data.offers.filter((offer) => fitting(filter, offer))
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-3">
        <p role="status" className="font-semibold text-muted">
          {t('search.found', { count: shown.length })}
        </p>
        <label className="flex items-center gap-2 text-sm font-semibold">
          {t('search.sort')}
          <select
            value={order}
            onChange={({ target }) => {
              setQuery((now) => new URLSearchParams({ ...Object.fromEntries(now), sort: target.value }), {
                replace: true,
              })
            }}
            className="min-h-12 rounded-control border border-field bg-surface px-3 text-base font-normal"
          >
            {ORDERS.map((one) => (
              <option key={one} value={one}>
                {t(`search.${one}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Filters offers={data.offers} filter={filter} onChange={setFilter} />
      <Offers offers={shown} />
    </>
  )
}

function Offers({ offers }: { readonly offers: readonly TripOffer[] }) {
  const { t } = useSpeech()
  if (offers.length === 0) return <Notice tone="warn" title={t('search.noMatch')} />
  return (
    <ul className="grid gap-4">
      {offers.map((offer) => (
        <li key={offer.tripId}>
          <OfferCard offer={offer} />
        </li>
      ))}
    </ul>
  )
}

/** Why there is nothing, and what there is instead. */
function Nothing({ asked, next }: { readonly asked: Asked; readonly next: string }) {
  const { t } = useSpeech()
  return (
    <Notice tone="warn" title={t('search.none')}>
      <p>{t('search.noneText', { from: asked.from, to: asked.to, date: formatDay(t, asked.date) })}</p>
      {next === '' ? (
        <p>{t('search.never')}</p>
      ) : (
        <Link href={paths.search({ ...asked, date: next })} className={buttonClass('main', 'justify-self-start')}>
          {t('search.next', { date: formatDay(t, next) })}
        </Link>
      )}
    </Notice>
  )
}

function Waiting() {
  return (
    <div className="grid gap-4">
      {[1, 2, 3].map((one) => (
        <Skeleton key={one} className="h-36" />
      ))}
    </div>
  )
}

/** The day that the companies have now. */
export function todayAt(now: Date): string {
  return dayIn(TIME_ZONE, now)
}
