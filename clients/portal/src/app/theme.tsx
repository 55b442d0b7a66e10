import { Icon } from '@tms/ui'
import { useSpeech } from '../i18n/texts.ts'

const ITEM = 'tms:theme'

/** Puts on what was chosen before; without a choice the device decides. */
export function wearTheme(): void {
  const chosen = localStorage.getItem(ITEM)
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset['theme'] = chosen
}

function turn(): void {
  const isDark = getComputedStyle(document.documentElement).colorScheme === 'dark'
  const preferred = matchMedia('(prefers-color-scheme: dark)').matches
  const worn = document.documentElement.dataset['theme'] === undefined ? preferred : isDark
  const next = worn ? 'light' : 'dark'
  document.documentElement.dataset['theme'] = next
  localStorage.setItem(ITEM, next)
}

/** Changes between light and dark. */
export function ThemeButton() {
  const { t } = useSpeech()
  return (
    <button
      type="button"
      onClick={turn}
      aria-label={t('app.theme')}
      className="inline-flex size-12 items-center justify-center rounded-control hover:bg-sunken"
    >
      <Icon name="moon" />
    </button>
  )
}
