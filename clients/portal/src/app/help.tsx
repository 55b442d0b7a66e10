import { lazy, Suspense, useRef, useState } from 'react'
import { Icon } from '@tms/ui'
import { useSpeech } from '../i18n/texts.ts'

/** Comes when somebody asks for it: no page pays for it before. */
const HelpPanel = lazy(() => import('../pages/parts/help_panel.tsx'))

/** Opens the panel that finds trips by a sentence, on every page. */
export function HelpButton() {
  const { t } = useSpeech()
  const [isOpen, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const close = () => {
    setOpen(false)
    button.current?.focus()
  }
  return (
    <>
      <button
        ref={button}
        type="button"
        aria-label={t('help.open')}
        aria-expanded={isOpen}
        onClick={() => (isOpen ? close() : setOpen(true))}
        className="inline-flex min-h-12 items-center rounded-control px-2 hover:bg-sunken sm:px-3"
      >
        <Icon name="help" />
      </button>
      {isOpen && (
        <Suspense fallback={null}>
          <HelpPanel close={close} />
        </Suspense>
      )}
    </>
  )
}
