import { TextField } from '@tms/ui'
import { useSpeech } from '../../i18n/texts.ts'

/** Whether a text can be a code that was sent. */
export const isCode = (code: string): boolean => /^\d{6}$/.test(code)

/** Six digits from an SMS; phones fill them in by themselves. */
export function CodeField({
  value,
  isWrong,
  onChange,
}: {
  readonly value: string
  readonly isWrong: boolean
  readonly onChange: (code: string) => void
}) {
  const { t } = useSpeech()
  return (
    <TextField
      label={t('account.code')}
      fault={isWrong ? t('account.codeWrong') : undefined}
      inputMode="numeric"
      autoComplete="one-time-code"
      maxLength={8}
      value={value}
      onChange={({ target }) => onChange(target.value.replaceAll(/\D/g, ''))}
    />
  )
}
