import { buttonClass } from '@tms/ui'
import type { PageModule } from '../app/routes.ts'
import { prefixOf } from '../i18n/languages.ts'
import { useSpeech } from '../i18n/texts.ts'
import { Heading } from './parts/heading.tsx'

export const title: PageModule['title'] = (t) => t('title.missing')

/** Where nothing is. */
export function Page() {
  const { t, language } = useSpeech()
  return (
    <div className="grid justify-items-start gap-4">
      <Heading>{t('error.missing')}</Heading>
      <p>{t('error.missingText')}</p>
      <a href={`${prefixOf(language)}/`} className={buttonClass()}>
        {t('home.step1')}
      </a>
    </div>
  )
}
