import { Card, Icon, type IconName } from '@tms/ui'
import type { PageModule, PageProps } from '../app/routes.ts'
import type { HomeData } from '../flow/lines.ts'
import { useSpeech } from '../i18n/texts.ts'
import { LineList } from './parts/line_list.tsx'
import { SearchForm } from './parts/search_form.tsx'

export const title: PageModule['title'] = (t) => t('title.home')

const STEPS: readonly { readonly icon: IconName; readonly name: 'step1' | 'step2' | 'step3' }[] = [
  { icon: 'bus', name: 'step1' },
  { icon: 'ticket', name: 'step2' },
  { icon: 'phone', name: 'step3' },
]

/** The first page. */
export function Page({ data }: PageProps) {
  const { t } = useSpeech()
  const { lines = [] } = (data ?? {}) as Partial<HomeData>
  return (
    <>
      <section className="mx-auto max-w-2xl py-8 sm:py-12">
        <h1 tabIndex={-1} className="text-4xl font-black outline-none sm:text-5xl">
          {t('home.heading')}
        </h1>
        <p className="mt-3 text-lg text-muted">{t('home.lead')}</p>
        <Card className="mt-6 p-4 sm:p-6">
          <SearchForm asked={{}} />
        </Card>
      </section>
      {lines.length > 0 && (
        <section aria-labelledby="popular" className="grid gap-4">
          <h2 id="popular" className="text-2xl font-extrabold">
            {t('line.popular')}
          </h2>
          <LineList lines={lines} />
        </section>
      )}
      <section aria-labelledby="how" className="mt-10">
        <h2 id="how" className="text-2xl font-extrabold">
          {t('home.how')}
        </h2>
        <ol className="mt-4 grid gap-4 sm:grid-cols-3">
          {STEPS.map(({ icon, name }) => (
            <li key={name} className="rounded-card bg-sunken p-5">
              <Icon name={icon} className="size-8 text-ochre" />
              <h3 className="mt-3 text-lg font-bold">{t(`home.${name}`)}</h3>
              <p className="mt-1 text-muted">{t(`home.${name}Text`)}</p>
            </li>
          ))}
        </ol>
      </section>
    </>
  )
}
