import { lazy, Suspense, useState } from 'react'
import { buttonClass, Field, Icon, inputClass } from '@tms/ui'
import { useBoot } from '../../app/boot.ts'
import { addDays } from '../../format/time.ts'
import { prefixOf } from '../../i18n/languages.ts'
import { useSpeech } from '../../i18n/texts.ts'

/** The field that suggests brings the client with it: asked for when somebody begins to type. */
const PlaceField = lazy(() => import('./place_field.tsx'))

export type Asked = { readonly from: string; readonly to: string; readonly date: string }

/** Asks from where, to where, and when. A plain form: it works before its code is here, and without. */
export function SearchForm({ asked }: { readonly asked: Partial<Asked> }) {
  const { t, language } = useSpeech()
  const { today } = useBoot()
  const [from, setFrom] = useState(asked.from ?? '')
  const [to, setTo] = useState(asked.to ?? '')
  const [date, setDate] = useState(asked.date ?? addDays(today, 1))
  return (
    <form action={`${prefixOf(language)}/search`} method="get" className="grid gap-4 sm:grid-cols-2 sm:gap-x-14">
      <div className="relative grid gap-4 sm:col-span-2 sm:grid-cols-2 sm:gap-x-14">
        <Place name="from" label={t('form.from')} value={from} onChange={setFrom} />
        <Place name="to" label={t('form.to')} value={to} onChange={setTo} />
        <button
          type="button"
          aria-label={t('form.swap')}
          onClick={() => {
            setFrom(to)
            setTo(from)
          }}
          className="absolute top-1/2 right-3 grid size-12 -translate-y-1/4 place-items-center rounded-full border border-line bg-surface text-brand shadow-card sm:top-auto sm:right-auto sm:bottom-0 sm:left-1/2 sm:-translate-x-1/2 sm:translate-y-0 sm:rotate-90"
        >
          <Icon name="swap" />
        </button>
      </div>
      <Field label={t('form.date')}>
        {(given) => (
          <input
            {...given}
            type="date"
            name="date"
            required
            min={today}
            max={addDays(today, 60)}
            value={date}
            onChange={(event) => setDate(event.target.value)}
            className={inputClass}
          />
        )}
      </Field>
      <button type="submit" className={buttonClass('main', 'self-end text-lg')}>
        {t('form.search')}
      </button>
    </form>
  )
}

type PlaceProps = {
  readonly name: string
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}

/** A plain field until it is touched; then one that suggests takes its place, with the focus. */
function Place({ name, label, value, onChange }: PlaceProps) {
  const { t } = useSpeech()
  const [isTouched, setTouched] = useState(false)
  const plain = (
    <Field label={label}>
      {(given) => (
        <input
          {...given}
          name={name}
          required
          maxLength={80}
          autoComplete="off"
          placeholder={t('form.placeHint')}
          value={value}
          onFocus={() => setTouched(true)}
          onChange={(event) => onChange(event.target.value)}
          className={inputClass}
        />
      )}
    </Field>
  )
  if (!isTouched) return plain
  return (
    <Suspense fallback={plain}>
      <PlaceField name={name} label={label} value={value} onChange={onChange} />
    </Suspense>
  )
}
