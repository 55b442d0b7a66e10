import { Button, TextField } from '@tms/ui'
import { useState } from 'react'
import { useTms } from '../../flow/use_tms.ts'
import { formatPhone, toE164 } from '../../format/phone.ts'
import { useSpeech } from '../../i18n/texts.ts'
import { AskForm, useAsking } from './asking.tsx'
import { CodeField, isCode } from './code_field.tsx'
import { isPassword, NewPasswordField } from './new_password_field.tsx'
import { PhoneField } from './phone_field.tsx'

/** What must come back by SMS before there is an account. */
type Pending = { readonly phone: string; readonly confirm: (code: string) => Promise<unknown> }

/** Makes an account. A guest who does keeps what was bought. */
export function SignUp({ done }: { readonly done: () => void }) {
  const [pending, setPending] = useState<Pending>()
  if (pending) return <Confirm pending={pending} anew={() => setPending(undefined)} done={done} />
  return <Begin begun={setPending} />
}

function Begin({ begun }: { readonly begun: (pending: Pending) => void }) {
  const { t } = useSpeech()
  const tms = useTms()
  const { isBusy, failed, ask } = useAsking()
  const [name, setName] = useState('')
  const [phone, setPhone] = useState({ typed: '', country: 'RW' })
  const [password, setPassword] = useState('')
  const [isJudged, setJudged] = useState(false)
  const e164 = toE164(phone.typed, phone.country)
  const faults = {
    name: name.trim() === '' ? t('account.nameMissing') : undefined,
    phone: e164 === undefined ? t('checkout.phoneWrong') : undefined,
  }
  const told = (fault: string | undefined) => (isJudged ? fault : undefined)

  function submit(): void {
    setJudged(true)
    if (!tms || e164 === undefined || faults.name !== undefined || !isPassword(password)) return
    void ask(async () => {
      const pending = await tms.session.signUp({ phone: e164 }, password, name.trim())
      begun({ phone: e164, confirm: (code) => pending.confirm(code) })
    })
  }

  return (
    <AskForm submit={submit} failed={failed}>
      <TextField
        label={t('account.name')}
        fault={told(faults.name)}
        autoComplete="name"
        maxLength={100}
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <PhoneField
        label={t('account.phone')}
        hint={t('account.phoneHint')}
        fault={told(faults.phone)}
        value={phone}
        onChange={setPhone}
      />
      <NewPasswordField value={password} isJudged={isJudged} onChange={setPassword} />
      <Button type="submit" busy={isBusy}>
        {t('account.signUp')}
      </Button>
    </AskForm>
  )
}

type ConfirmProps = { readonly pending: Pending; readonly anew: () => void; readonly done: () => void }

function Confirm({ pending, anew, done }: ConfirmProps) {
  const { t } = useSpeech()
  const { isBusy, failed, ask } = useAsking()
  const [code, setCode] = useState('')
  const [isWrong, setWrong] = useState(false)

  function submit(): void {
    setWrong(!isCode(code))
    if (isCode(code)) void ask(() => pending.confirm(code).then(done))
  }

  return (
    <AskForm submit={submit} failed={failed}>
      <p role="status">{t('account.codeSent', { phone: formatPhone(pending.phone) })}</p>
      <CodeField value={code} isWrong={isWrong} onChange={setCode} />
      <Button type="submit" busy={isBusy}>
        {t('account.enter')}
      </Button>
      <Button kind="plain" onClick={anew}>
        {t('account.another')}
      </Button>
    </AskForm>
  )
}
