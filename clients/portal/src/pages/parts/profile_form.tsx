import type { PassengerTms, Profile } from '@tms/sdk/passenger'
import { Button, Card, Field, inputClass, Notice, TextField } from '@tms/ui'
import { useState } from 'react'
import { paths } from '../../app/routes.ts'
import { useTms } from '../../flow/use_tms.ts'
import { forgetPerson } from '../../flow/who.ts'
import { formatPhone } from '../../format/phone.ts'
import { LANGUAGE_NAMES, LANGUAGES, prefixOf } from '../../i18n/languages.ts'
import { useSpeech } from '../../i18n/texts.ts'
import { AskForm, useAsking } from './asking.tsx'
import { Heading } from './heading.tsx'

/** The own account: name, language, and the ways out. */
export function ProfileForm({ profile, refresh }: { readonly profile: Profile; readonly refresh: () => void }) {
  const { t, language: spoken } = useSpeech()
  const tms = useTms()
  const { isBusy, failed, ask } = useAsking()
  const [name, setName] = useState(profile.displayName)
  const [language, setLanguage] = useState(LANGUAGES.find((one) => one === profile.language) ?? spoken)
  const [isJudged, setJudged] = useState(false)
  const [isSaved, setSaved] = useState(false)

  function submit(): void {
    setJudged(true)
    setSaved(false)
    if (!tms || name.trim() === '') return
    void ask(async () => {
      await tms.auth.updateProfile({ displayName: name.trim(), language })
      // One document speaks one language.
      if (language !== spoken) location.assign(`${prefixOf(language)}${paths.account()}`)
      setSaved(true)
      refresh()
    })
  }

  return (
    <>
      <Heading>{t('title.account')}</Heading>
      <Card className="p-4 sm:p-6">
        <AskForm submit={submit} failed={failed}>
          <TextField
            label={t('account.name')}
            fault={isJudged && name.trim() === '' ? t('account.nameMissing') : undefined}
            autoComplete="name"
            maxLength={100}
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
          <Field label={t('account.language')}>
            {(given) => (
              <select
                {...given}
                value={language}
                onChange={({ target }) => setLanguage(LANGUAGES.find((one) => one === target.value) ?? spoken)}
                className={inputClass}
              >
                {LANGUAGES.map((one) => (
                  <option key={one} value={one} lang={one}>
                    {LANGUAGE_NAMES[one]}
                  </option>
                ))}
              </select>
            )}
          </Field>
          {profile.phone !== '' && (
            <p>
              {t('account.phone')}: <strong>{formatPhone(profile.phone)}</strong>
            </p>
          )}
          {isSaved && <Notice tone="good" title={t('account.saved')} />}
          <Button type="submit" busy={isBusy}>
            {t('account.save')}
          </Button>
        </AskForm>
      </Card>
      {tms && <WaysOut tms={tms} />}
    </>
  )
}

function WaysOut({ tms }: { readonly tms: PassengerTms }) {
  const { t } = useSpeech()
  const { isBusy, failed, ask } = useAsking()
  // Here first: somebody who signs out without a network is signed out all the same.
  const leave = () =>
    void ask(async () => {
      await forgetPerson()
      await tms.session.signOut()
    })
  const leaveEverywhere = () =>
    void ask(async () => {
      await tms.session.signOutEverywhere()
      await forgetPerson()
    })
  return (
    <AskForm submit={leave} failed={failed}>
      <Button type="submit" kind="quiet" busy={isBusy}>
        {t('account.out')}
      </Button>
      <Button kind="quiet" busy={isBusy} onClick={leaveEverywhere}>
        {t('account.everywhere')}
      </Button>
      <p className="text-center text-sm text-muted">{t('account.outText')}</p>
    </AskForm>
  )
}
