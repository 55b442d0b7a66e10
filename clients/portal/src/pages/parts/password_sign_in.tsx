import { Button, buttonClass, TextField } from '@tms/ui'
import { useState } from 'react'
import { Link } from 'wouter'
import { paths } from '../../app/routes.ts'
import { useTms } from '../../flow/use_tms.ts'
import { toE164 } from '../../format/phone.ts'
import { useSpeech } from '../../i18n/texts.ts'
import { AskForm, useAsking } from './asking.tsx'
import { PhoneField } from './phone_field.tsx'

/** Signs in with a password. */
export function PasswordSignIn({ done }: { readonly done: () => void }) {
  const { t } = useSpeech()
  const tms = useTms()
  const { isBusy, failed, ask } = useAsking()
  const [phone, setPhone] = useState({ typed: '', country: 'RW' })
  const [password, setPassword] = useState('')
  const [isWrong, setWrong] = useState(false)

  function submit(): void {
    const e164 = toE164(phone.typed, phone.country)
    setWrong(e164 === undefined)
    if (tms && e164 !== undefined) void ask(() => tms.session.signIn({ phone: e164 }, password).then(done))
  }

  return (
    <AskForm submit={submit} failed={failed}>
      <PhoneField
        label={t('account.phone')}
        hint=""
        fault={isWrong ? t('checkout.phoneWrong') : undefined}
        value={phone}
        onChange={setPhone}
      />
      <TextField
        label={t('account.password')}
        type="password"
        autoComplete="current-password"
        maxLength={128}
        value={password}
        onChange={({ target }) => setPassword(target.value)}
      />
      <Button type="submit" busy={isBusy}>
        {t('account.enter')}
      </Button>
      <Link href={paths.account('reset')} className={buttonClass('plain')}>
        {t('account.forgot')}
      </Link>
    </AskForm>
  )
}
