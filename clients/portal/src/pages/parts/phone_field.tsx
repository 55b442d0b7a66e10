import { inputClass } from '@tms/ui'
import { useId } from 'react'
import { COUNTRIES } from '../../format/phone.ts'
import { useSpeech } from '../../i18n/texts.ts'

/** A number as it was typed, and the country that it is of. */
export type TypedPhone = { readonly typed: string; readonly country: string }

/** A phone number with its country. */
export function PhoneField({
  label,
  hint,
  fault,
  value,
  onChange,
}: {
  readonly label: string
  readonly hint: string
  readonly fault: string | undefined
  readonly value: TypedPhone
  readonly onChange: (value: TypedPhone) => void
}) {
  const { t } = useSpeech()
  const id = useId()
  const country = COUNTRIES.find(({ code }) => code === value.country)
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="text-sm font-semibold">
        {label}
      </label>
      <div className="flex gap-2">
        <select
          aria-label={t('checkout.country')}
          value={value.country}
          onChange={({ target }) => onChange({ ...value, country: target.value })}
          className="min-h-12 w-28 shrink-0 rounded-control border border-field bg-surface px-2 text-base"
        >
          {COUNTRIES.map(({ code, calling }) => (
            <option key={code} value={code} label={`${code} ${calling}`}>
              {t(`country.${code}`)} {calling}
            </option>
          ))}
        </select>
        <input
          id={id}
          type="tel"
          inputMode="tel"
          autoComplete="tel"
          maxLength={24}
          placeholder={country?.example}
          value={value.typed}
          aria-invalid={fault !== undefined}
          aria-describedby={`${id}-told`}
          onChange={({ target }) => onChange({ ...value, typed: target.value })}
          className={inputClass}
        />
      </div>
      <p id={`${id}-told`} className={`text-sm ${fault === undefined ? 'text-muted' : 'font-medium text-bad'}`}>
        {fault ?? hint}
      </p>
    </div>
  )
}
