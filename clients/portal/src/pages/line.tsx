import { Card } from '@tms/ui'
import { useQuery } from '@connectrpc/connect-query'
import { SearchOrder, TicketingService } from '@tms/sdk/passenger'
import { useBoot } from '../app/boot.ts'
import { type PageModule, type PageProps, paths } from '../app/routes.ts'
import { connected } from '../flow/connected.tsx'
import type { LineData } from '../flow/lines.ts'
import { addDays, formatDuration } from '../format/time.ts'
import { prefixOf } from '../i18n/languages.ts'
import { useSpeech } from '../i18n/texts.ts'
import { Heading } from './parts/heading.tsx'
import { LineList } from './parts/line_list.tsx'
import { OfferCard } from './parts/offer_card.tsx'
import { SearchForm } from './parts/search_form.tsx'
import { searchOf } from './search.tsx'

export const title: PageModule['title'] = (t, { data }) => {
  const { line } = (data ?? {}) as Partial<LineData>
  return line ? t('title.line', { from: line.from, to: line.to }) : t('title.missing')
}

export const Page = connected(LinePage)

/** What there is to know of a line before one chooses a day. */
function LinePage({ data }: PageProps) {
  const { t, language } = useSpeech()
  const { today } = useBoot()
  const known = data as LineData | undefined
  if (!known) return <Heading>{t('error.missing')}</Heading>
  const { line, back, more } = known
  const tomorrow = addDays(today, 1)
  return (
    <div className="grid gap-6">
      <Heading>{t('line.heading', { from: line.from, to: line.to })}</Heading>
      <ul className="flex flex-wrap gap-x-6 gap-y-1 text-lg">
        {line.fare !== '' && <li className="font-bold">{t('line.from', { fare: line.fare })}</li>}
        <li>{t('line.trips', { count: line.tripCount })}</li>
        <li>{t('line.duration', { time: formatDuration(t, line.shortestSeconds) })}</li>
      </ul>
      <Card className="p-4 sm:p-6">
        <SearchForm asked={{ from: line.from, to: line.to, date: tomorrow }} />
      </Card>
      <section aria-labelledby="tomorrow" className="grid gap-3">
        <h2 id="tomorrow" className="text-2xl font-extrabold">
          {t('line.tomorrow')}
        </h2>
        <Offers from={line.from} to={line.to} date={tomorrow} />
      </section>
      <section aria-labelledby="sellers" className="grid gap-3">
        <h2 id="sellers" className="text-2xl font-extrabold">
          {t('line.sellers')}
        </h2>
        <ul className="grid gap-2">
          {line.sellers.map(({ name, tripCount, fare }) => (
            <li key={name}>
              <a
                href={`${prefixOf(language)}${paths.company(name)}`}
                className="font-bold text-brand underline underline-offset-4"
              >
                {name}
              </a>{' '}
              · {t('line.trips', { count: tripCount })}
              {fare !== '' && ` · ${t('line.from', { fare })}`}
            </li>
          ))}
        </ul>
        {back && (
          <a
            href={`${prefixOf(language)}${paths.line(line.to, line.from)}`}
            className="font-semibold text-brand underline underline-offset-4"
          >
            {t('line.back')}: {line.to} → {line.from}
          </a>
        )}
      </section>
      {more.length > 0 && (
        <section aria-labelledby="more" className="grid gap-3">
          <h2 id="more" className="text-2xl font-extrabold">
            {t('line.more', { town: line.from })}
          </h2>
          <LineList lines={more} />
        </section>
      )}
    </div>
  )
}

function Offers({ from, to, date }: { readonly from: string; readonly to: string; readonly date: string }) {
  const { t } = useSpeech()
  const { data } = useQuery(TicketingService.method.searchTrips, searchOf({ from, to, date }, SearchOrder.DEPARTURE))
  const offers = data?.offers ?? []
  if (offers.length === 0) return <p>{t('search.none')}</p>
  return (
    <ul className="grid gap-4">
      {offers.slice(0, 6).map((offer) => (
        <li key={offer.tripId}>
          <OfferCard offer={offer} />
        </li>
      ))}
    </ul>
  )
}
