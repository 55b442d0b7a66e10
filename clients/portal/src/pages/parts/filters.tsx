import { SeatClass, type TripOffer } from '@tms/sdk/passenger'
import { DAY_PARTS, type Filter, limitsOf } from '../../flow/offer_filter.ts'
import { formatMoney } from '../../format/money.ts'
import { useSpeech } from '../../i18n/texts.ts'
import { className } from './class_name.ts'

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
    ...DAY_PARTS.map((part) => [part, t(`search.${part}`)] as const),
  ]
  return (
    <div className="grid grid-cols-2 gap-2 sm:grid-cols-4">
      <Choice
        label={t('search.time')}
        value={filter.time}
        options={parts}
        onChange={(time) => onChange({ ...filter, time: DAY_PARTS.find((part) => part === time) ?? '' })}
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
        label={t('search.PRICE')}
        value={filter.upTo}
        options={[
          ['', t('search.anyPrice')],
          ...limitsOf(offers).map(
            (price) => [price.units.toString(), t('search.upTo', { price: formatMoney(price) })] as const,
          ),
        ]}
        onChange={(upTo) => onChange({ ...filter, upTo })}
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
