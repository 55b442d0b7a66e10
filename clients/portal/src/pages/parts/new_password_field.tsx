import { TextField } from '@tms/ui'
import { useSpeech } from '../../i18n/texts.ts'

const LEAST_PASSWORD = 8

/** Whether a text is long enough for a password; auth judges the rest. */
export const isPassword = (text: string): boolean => text.length >= LEAST_PASSWORD

type Props = { readonly value: string; readonly isJudged: boolean; readonly onChange: (value: string) => void }

/** A password that is chosen now. */
export function NewPasswordField({ value, isJudged, onChange }: Props) {
  const { t } = useSpeech()
  return (
    <TextField
      label={t('account.password')}
      hint={t('account.passwordHint')}
      fault={isJudged && !isPassword(value) ? t('account.passwordShort') : undefined}
      type="password"
      autoComplete="new-password"
      maxLength={128}
      value={value}
      onChange={({ target }) => onChange(target.value)}
    />
  )
}
