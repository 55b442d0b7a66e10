import { Button } from '@tms/ui'
import { useState } from 'react'
import { useTms } from '../../flow/use_tms.ts'
import { formatPhone, toE164 } from '../../format/phone.ts'
import { useSpeech } from '../../i18n/texts.ts'
import { AskForm, useAsking } from './asking.tsx'
import { CodeField, isCode } from './code_field.tsx'
import { PhoneField } from './phone_field.tsx'

/** Signs in with a code that comes by SMS. */
export function CodeSignIn({ done }: { readonly done: () => void }) {
  const { t } = useSpeech()
  const tms = useTms()
  const { isBusy, failed, ask } = useAsking()
  const [phone, setPhone] = useState({ typed: '', country: 'RW' })
  const [sentTo, setSentTo] = useState<string>()
  const [code, setCode] = useState('')
  const [isWrong, setWrong] = useState(false)

  function submit(): void {
    const e164 = toE164(phone.typed, phone.country)
    setWrong(sentTo === undefined ? e164 === undefined : !isCode(code))
    if (!tms) return
    if (sentTo !== undefined && isCode(code))
      void ask(() => tms.session.signInWithCode({ phone: sentTo }, code).then(done))
    if (sentTo === undefined && e164 !== undefined)
      void ask(async () => {
        await tms.session.requestCode({ phone: e164 })
        setSentTo(e164)
      })
  }

  return (
    <AskForm submit={submit} failed={failed}>
      {sentTo === undefined ? (
        <>
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
        </>
      ) : (
        <>
          <p role="status">{t('account.codeSent', { phone: formatPhone(sentTo) })}</p>
          <CodeField value={code} isWrong={isWrong} onChange={setCode} />
          <Button type="submit" busy={isBusy}>
            {t('account.enter')}
          </Button>
          <Button kind="plain" onClick={() => setSentTo(undefined)}>
            {t('account.another')}
          </Button>
        </>
      )}
    </AskForm>
  )
}
