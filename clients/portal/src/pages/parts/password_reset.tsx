import { newId } from '@tms/sdk/passenger'
import { Button } from '@tms/ui'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { paths } from '../../app/routes.ts'
import { useTms } from '../../flow/use_tms.ts'
import { formatPhone, toE164 } from '../../format/phone.ts'
import { useSpeech } from '../../i18n/texts.ts'
import { AskForm, useAsking } from './asking.tsx'
import { CodeField, isCode } from './code_field.tsx'
import { PhoneField } from './phone_field.tsx'
import { isPassword, NewPasswordField } from './new_password_field.tsx'

/** Chooses a new password with a code that comes by SMS. Every other device is signed out by it. */
export function PasswordReset({ done }: { readonly done: () => void }) {
  const [sentTo, setSentTo] = useState<string>()
  if (sentTo === undefined) return <Begin sent={setSentTo} />
  return <Choose phone={sentTo} anew={() => setSentTo(undefined)} done={done} />
}

function Begin({ sent }: { readonly sent: (phone: string) => void }) {
  const { t } = useSpeech()
  const tms = useTms()
  const { isBusy, failed, ask } = useAsking()
  const [phone, setPhone] = useState({ typed: '', country: 'RW' })
  const [isWrong, setWrong] = useState(false)

  function submit(): void {
    const e164 = toE164(phone.typed, phone.country)
    setWrong(e164 === undefined)
    if (!tms || e164 === undefined) return
    void ask(async () => {
      await tms.auth.requestPasswordReset({ codeId: newId(), contact: contactOf(e164) })
      sent(e164)
    })
  }

  return (
    <AskForm submit={submit} failed={failed}>
      <PhoneField
        label={t('account.phone')}
        hint={t('account.phoneHint')}
        fault={isWrong ? t('checkout.phoneWrong') : undefined}
        value={phone}
        onChange={setPhone}
      />
      <Button type="submit" busy={isBusy}>
        {t('account.send')}
      </Button>
    </AskForm>
  )
}

type ChooseProps = { readonly phone: string; readonly anew: () => void; readonly done: () => void }

function Choose({ phone, anew, done }: ChooseProps) {
  const { t } = useSpeech()
  const tms = useTms()
  const [, go] = useLocation()
  const { isBusy, failed, ask } = useAsking()
  const [code, setCode] = useState('')
  const [password, setPassword] = useState('')
  const [isJudged, setJudged] = useState(false)

  function submit(): void {
    setJudged(true)
    if (!tms || !isCode(code) || !isPassword(password)) return
    void ask(async () => {
      await tms.auth.resetPassword({ contact: contactOf(phone), code, newPassword: password })
      await tms.session.signIn({ phone }, password)
      go(paths.account(), { replace: true })
      done()
    })
  }

  return (
    <AskForm submit={submit} failed={failed}>
      <p role="status">{t('account.codeSent', { phone: formatPhone(phone) })}</p>
      <CodeField value={code} isWrong={isJudged && !isCode(code)} onChange={setCode} />
      <NewPasswordField value={password} isJudged={isJudged} onChange={setPassword} />
      <Button type="submit" busy={isBusy}>
        {t('account.resetNow')}
      </Button>
      <Button kind="plain" onClick={anew}>
        {t('account.another')}
      </Button>
    </AskForm>
  )
}

const contactOf = (phone: string) => ({ value: { case: 'phone' as const, value: phone } })
