import { SeatClass, type TripOffer } from '@tms/sdk/passenger'
import { useSpeech } from '../../i18n/texts.ts'
import { className } from './class_name.ts'
import { hasClass } from './offer_card.tsx'

/** What is left out of the list. */
export type Filter = { readonly company: string; readonly seatClass: number; readonly time: DayPart | '' }

type DayPart = 'morning' | 'afternoon' | 'evening'

const PARTS: readonly DayPart[] = ['morning', 'afternoon', 'evening']
const NOON_SECONDS = 12 * 3_600
const EVENING_SECONDS = 17 * 3_600

export const noFilter: Filter = { company: '', seatClass: SeatClass.UNSPECIFIED, time: '' }

/** Whether an offer is shown. */
export function fitting({ company, seatClass, time }: Filter, offer: TripOffer): boolean {
  if (company !== '' && offer.tenantId !== company) return false
  if (seatClass !== SeatClass.UNSPECIFIED && !hasClass(offer, seatClass as SeatClass)) return false
  return time === '' || partOf(offer) === time
}

function partOf({ origin }: TripOffer): DayPart {
  const seconds = origin?.timeSeconds ?? 0
  if (seconds < NOON_SECONDS) return 'morning'
  return seconds < EVENING_SECONDS ? 'afternoon' : 'evening'
}

type Option = readonly [value: string, label: string]

/** Leaves out what somebody does not want to see. */
export function Filters({
  offers,
  filter,
  onChange,
}: {
  readonly offers: readonly TripOffer[]
  readonly filter: Filter
  readonly onChange: (filter: Filter) => void
}) {
  const { t } = useSpeech()
  const companies = [...new Map(offers.map(({ tenantId, companyName }) => [tenantId, companyName]))]
  const classes = [...new Set(offers.flatMap((offer) => offer.classes.map(({ seatClass }) => seatClass)))]
  const parts: readonly Option[] = [
    ['', t('search.anyTime')],
    ...PARTS.map((part) => [part, t(`search.${part}`)] as const),
  ]
  return (
    <div className="grid grid-cols-1 gap-2 min-[420px]:grid-cols-3">
      <Choice
        label={t('search.time')}
        value={filter.time}
        options={parts}
        onChange={(time) => onChange({ ...filter, time: PARTS.find((part) => part === time) ?? '' })}
      />
      <Choice
        label={t('search.class')}
        value={filter.seatClass.toString()}
        options={[
          [SeatClass.UNSPECIFIED.toString(), t('search.allClasses')],
          ...classes.map((one) => [one.toString(), className(t, one)] as const),
        ]}
        onChange={(seatClass) => onChange({ ...filter, seatClass: Number(seatClass) })}
      />
      <Choice
        label={t('search.company')}
        value={filter.company}
        options={[['', t('search.allCompanies')], ...companies]}
        onChange={(company) => onChange({ ...filter, company })}
      />
    </div>
  )
}

function Choice({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string
  readonly value: string
  readonly options: readonly Option[]
  readonly onChange: (value: string) => void
}) {
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className="min-h-12 w-full rounded-control border border-line bg-surface px-3 text-base"
    >
      {options.map(([key, words]) => (
        <option key={key} value={key}>
          {words}
        </option>
      ))}
    </select>
  )
}
