import './portal.css'
import { hydrateRoot } from 'react-dom/client'
import { App } from './app/app.tsx'
import { type Boot, BOOT_ID } from './app/boot.ts'
import { pageOf } from './app/page_cache.ts'
import { matchRoute } from './app/routes.ts'
import { wearTheme } from './app/theme.tsx'
import { splitPath } from './i18n/languages.ts'
import { loadTexts } from './i18n/load.ts'
import { translator } from './i18n/texts.ts'

wearTheme()

const boot = JSON.parse(document.getElementById(BOOT_ID)?.textContent ?? '{}') as Boot
const { language } = boot
// Both are here before anything is drawn, so that what the server drew is never replaced by a wait.
const [texts] = await Promise.all([loadTexts(language), pageOf(matchRoute(splitPath(location.pathname).rest).route)])
const root = document.getElementById('app')
if (root) hydrateRoot(root, <App speech={{ language, t: translator(language, texts) }} boot={boot} />)
document.documentElement.dataset['ready'] = 'true'
// Where there can be none (an old browser, a page without TLS), tickets need the network.
if ('serviceWorker' in navigator) navigator.serviceWorker.register('/sw.js').catch(() => undefined)
