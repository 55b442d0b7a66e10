import type { ReactNode } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import { Icon } from '@tms/ui'
import { LANGUAGE_NAMES, LANGUAGES, prefixOf } from '../i18n/languages.ts'
import { useSpeech } from '../i18n/texts.ts'
import { HelpButton } from './help.tsx'
import { paths } from './routes.ts'
import { ThemeButton } from './theme.tsx'

/** Head and foot of every page. */
export function Frame({ children }: { readonly children: ReactNode }) {
  const { t } = useSpeech()
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-surface focus:p-4 focus:font-bold"
      >
        {t('app.skip')}
      </a>
      <header className="bg-surface print:hidden">
        <div className="mx-auto flex h-16 max-w-5xl items-center gap-1 px-4">
          <HomeLink />
          <nav aria-label={t('app.menu')} className="ml-auto flex items-center">
            <Link
              href={paths.tickets()}
              className="inline-flex min-h-12 items-center gap-2 rounded-control px-3 font-semibold hover:bg-sunken"
            >
              <Icon name="ticket" />
              <span className="max-sm:sr-only">{t('app.myTickets')}</span>
            </Link>
            <Link
              href={paths.account()}
              className="inline-flex min-h-12 items-center gap-2 rounded-control px-3 font-semibold hover:bg-sunken"
            >
              <Icon name="user" />
              <span className="max-sm:sr-only">{t('app.account')}</span>
            </Link>
            <HelpButton />
            <ThemeButton />
            <LanguageMenu />
          </nav>
        </div>
        <div className="imigongo" />
      </header>
      <main id="main" className="mx-auto w-full max-w-5xl flex-1 px-4 pb-16">
        {children}
      </main>
      <footer className="print:hidden border-t border-line bg-sunken">
        <div className="mx-auto max-w-5xl px-4 py-6 text-sm text-muted">
          {t('app.name')} · {t('app.tagline')}
        </div>
      </footer>
    </div>
  )
}

/** A document of its own: its journeys and prices come from the server. */
function HomeLink() {
  const { language, t } = useSpeech()
  return (
    <a
      href={`${prefixOf(language)}/`}
      aria-label={`${t('app.name')} · ${t('app.home')}`}
      className="inline-flex min-h-12 items-center gap-2 rounded-control pr-3 text-xl font-black tracking-tight"
    >
      <span className="grid size-10 place-items-center rounded-xl bg-brand text-on-brand">
        <Icon name="bus" className="size-6" />
      </span>
      {t('app.name')}
    </a>
  )
}

/** The same page in another language: a new document, which keeps the address and so the place in the story. */
function LanguageMenu() {
  const { language, t } = useSpeech()
  const [path] = useLocation()
  const search = useSearch()
  const query = search === '' ? '' : `?${search}`
  return (
    <details className="relative">
      <summary className="inline-flex min-h-12 list-none items-center gap-2 rounded-control px-3 font-semibold hover:bg-sunken">
        <Icon name="globe" />
        <span className="sr-only">{t('app.language')}: </span>
        <span className="uppercase">{language}</span>
      </summary>
      <ul className="absolute right-0 z-40 mt-1 w-48 rounded-control border border-line bg-surface p-1 shadow-card">
        {LANGUAGES.map((one) => (
          <li key={one}>
            <a
              href={`${prefixOf(one)}${path}${query}`}
              hrefLang={one}
              lang={one}
              aria-current={one === language ? 'true' : undefined}
              className="flex min-h-12 items-center rounded-control px-3 font-medium hover:bg-sunken aria-[current]:font-bold aria-[current]:text-brand"
            >
              {LANGUAGE_NAMES[one]}
            </a>
          </li>
        ))}
      </ul>
    </details>
  )
}
