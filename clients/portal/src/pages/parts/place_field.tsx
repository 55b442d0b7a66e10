import { useQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import { PlaceKind, TicketingService } from '@tms/sdk/passenger'
import { inputClass } from '@tms/ui'
import { useCombobox } from 'downshift'
import { useEffect, useRef, useState } from 'react'
import { Connected } from '../../flow/connected.tsx'
import { useSpeech } from '../../i18n/texts.ts'

type Props = {
  readonly name: string
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}

/** A field that suggests places while one types; slips of the keys and other spellings are forgiven by the service. */
export default function PlaceField(props: Props) {
  return (
    <Connected>
      <Suggesting {...props} />
    </Connected>
  )
}

function Suggesting({ name, label, value, onChange }: Props) {
  const { t } = useSpeech()
  const input = useRef<HTMLInputElement>(null)
  const suggestions = useSuggestions(value)
  const box = useCombobox({
    items: suggestions,
    inputValue: value,
    itemToString: (item) => item?.label ?? '',
    onSelectedItemChange: ({ selectedItem }) => onChange(selectedItem?.label ?? ''),
  })
  // The plain field before had the focus, and perhaps some letters.
  useEffect(() => {
    input.current?.focus()
    input.current?.setSelectionRange(value.length, value.length)
  }, [])
  const isShown = box.isOpen && value.trim() !== ''
  return (
    <div className="relative grid content-start gap-1.5">
      <label {...box.getLabelProps()} className="text-sm font-semibold">
        {label}
      </label>
      <input
        {...box.getInputProps({ ref: input, onChange: ({ currentTarget }) => onChange(currentTarget.value) })}
        name={name}
        required
        maxLength={80}
        autoComplete="off"
        placeholder={t('form.placeHint')}
        className={inputClass}
      />
      <ul
        {...box.getMenuProps()}
        className={`absolute top-full right-0 left-0 z-30 mt-1 overflow-hidden rounded-control border border-line bg-surface shadow-card ${isShown ? '' : 'hidden'}`}
      >
        {isShown &&
          suggestions.map((item, index) => (
            <li
              key={`${item.kind} ${item.stopId} ${item.label}`}
              {...box.getItemProps({ item, index })}
              className="flex min-h-12 items-center justify-between gap-3 px-4 aria-selected:bg-soft"
            >
              <span className="font-medium">{item.label}</span>
              {item.kind === PlaceKind.TOWN && <span className="text-sm text-muted">{t('form.town')}</span>}
            </li>
          ))}
        {isShown && suggestions.length === 0 && <li className="px-4 py-3 text-muted">{t('form.noPlace')}</li>}
      </ul>
    </div>
  )
}

function useSuggestions(typed: string) {
  const text = useSettled(typed.trim().slice(0, 80))
  const { data } = useQuery(
    TicketingService.method.suggestPlaces,
    { text, limit: 6 },
    { enabled: text !== '', placeholderData: keepPreviousData, staleTime: 60_000 },
  )
  return text === '' ? [] : (data?.suggestions ?? [])
}

/** Somebody who types fast asks once, not once a letter. */
const SETTLE_MS = 120

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), SETTLE_MS)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}
