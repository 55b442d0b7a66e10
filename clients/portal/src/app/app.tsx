import { Suspense, use, useEffect, useRef } from 'react'
import { Router, useLocation, useSearch } from 'wouter'
import { prefixOf } from '../i18n/languages.ts'
import { type Speech, SpeechProvider, useSpeech } from '../i18n/texts.ts'
import { type Boot, BootProvider } from './boot.ts'
import { Frame } from './frame.tsx'
import { pageOf } from './page_cache.ts'
import { matchRoute } from './routes.ts'
import { Skeleton } from '@tms/ui'

type AppProps = {
  readonly speech: Speech
  readonly boot: Boot
  /** Where a server renders; a browser knows by itself. */
  readonly at?: { readonly path: string; readonly search: string }
}

/** The whole of the portal. */
export function App({ speech, boot, at }: AppProps) {
  const base = prefixOf(speech.language)
  const given = at === undefined ? {} : { ssrPath: at.path, ssrSearch: at.search }
  return (
    <SpeechProvider value={speech}>
      <BootProvider value={boot}>
        <Router base={base} {...given}>
          <Frame>
            <Suspense fallback={<Waiting />}>
              <CurrentPage boot={boot} />
            </Suspense>
          </Frame>
        </Router>
      </BootProvider>
    </SpeechProvider>
  )
}

function CurrentPage({ boot }: { readonly boot: Boot }) {
  const [path] = useLocation()
  const search = useSearch()
  const { t } = useSpeech()
  const { route, params } = matchRoute(path)
  const { Page, title } = use(pageOf(route))
  const props = { params, query: new URLSearchParams(search), data: boot.path === path ? boot.data : undefined }
  const words = title(t, props)
  useArrival(path, words)
  return <Page key={path} {...props} />
}

/** Tells the tab, and on a further page whoever reads by ear or keyboard, where they are now. */
function useArrival(path: string, words: string): void {
  const before = useRef(path)
  useEffect(() => {
    document.title = `${words} · TMS`
    if (before.current === path) return
    before.current = path
    window.scrollTo(0, 0)
    document.querySelector<HTMLElement>('main h1')?.focus()
  }, [path, words])
}

function Waiting() {
  return (
    <div className="grid gap-4 pt-6">
      <Skeleton className="h-9 w-2/3" />
      <Skeleton className="h-40" />
      <Skeleton className="h-40" />
    </div>
  )
}
