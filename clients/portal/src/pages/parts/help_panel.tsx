import { SearchOrder, type PassengerTms, type TripOffer } from '@tms/sdk/passenger'
import { Button, Icon, inputClass } from '@tms/ui'
import { useEffect, useRef, useState } from 'react'
import { useBoot } from '../../app/boot.ts'
import { paths } from '../../app/routes.ts'
import { Connected } from '../../flow/connected.tsx'
import { faultText } from '../../flow/faults.tsx'
import { fitsPart, understand, type Wanted } from '../../flow/grammar.ts'
import { useTms } from '../../flow/use_tms.ts'
import { useVoice } from '../../flow/voice.ts'
import { dateOf, formatDay } from '../../format/time.ts'
import { prefixOf } from '../../i18n/languages.ts'
import { type Translate, useSpeech } from '../../i18n/texts.ts'
import { searchOf } from '../search.tsx'
import { OfferCard } from './offer_card.tsx'

type Line = {
  readonly mine: boolean
  readonly text: string
  readonly offers?: readonly TripOffer[]
  readonly more?: string
}

const MOST_OFFERS = 3

/** Finds trips for whoever would rather write or say what they want. It understands by a grammar of its own. */
export default function HelpPanel({ close }: { readonly close: () => void }) {
  return (
    <Connected>
      <Panel close={close} />
    </Connected>
  )
}

function Panel({ close }: { readonly close: () => void }) {
  const { t, language } = useSpeech()
  const tms = useTms()
  const { today } = useBoot()
  const [typed, setTyped] = useState('')
  const [lines, setLines] = useState<readonly Line[]>([{ mine: false, text: t('help.hello') }])
  // Where to was said, where from was asked.
  const [open, setOpen] = useState<Wanted>()
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  const voice = useVoice(language, (said) => void ask(said))

  async function ask(text: string): Promise<void> {
    const said = text.trim()
    if (!tms || said === '') return
    setTyped('')
    const tell = (line: Omit<Line, 'mine'>) => setLines((now) => [...now, { mine: false, ...line }])
    setLines((now) => [...now, { mine: true, text: said }])
    const understood = understand(said, today)
    const wanted = open && understood ? { ...open, from: understood.from || understood.to } : understood
    setOpen(undefined)
    if (!wanted) return tell({ text: t('help.unclear') })
    if (wanted.to === '') return tell({ text: t('help.whereTo') })
    if (wanted.from === '') {
      setOpen(wanted)
      return tell({ text: t('help.whereFrom', { to: wanted.to }) })
    }
    await answer(t, tms, wanted).then(tell, (err: unknown) => tell({ text: faultText(t, err) }))
  }

  return (
    <section
      aria-label={t('help.heading')}
      className="fixed inset-x-0 bottom-0 z-50 mx-auto grid max-h-[85dvh] max-w-lg grid-rows-[auto_1fr_auto] rounded-t-card border border-line bg-surface shadow-card sm:right-4 sm:left-auto sm:w-96"
      onKeyDown={({ key }) => {
        if (key === 'Escape') close()
      }}
    >
      <div className="flex items-center justify-between border-b border-line px-4">
        <h2 className="font-extrabold">{t('help.heading')}</h2>
        <Button kind="plain" className="px-2" onClick={close}>
          {t('help.close')}
        </Button>
      </div>
      <ol aria-live="polite" className="grid content-start gap-3 overflow-y-auto p-4">
        {lines.map((line, index) => (
          <li key={index} className={line.mine ? 'justify-self-end rounded-control bg-soft px-4 py-2' : 'grid gap-3'}>
            <p className="wrap-anywhere">{line.text}</p>
            {line.offers?.map((offer) => (
              <OfferCard key={offer.tripId} offer={offer} />
            ))}
            {line.more !== undefined && (
              <a href={`${prefixOf(language)}${line.more}`} className="font-semibold text-brand underline">
                {t('help.all')}
              </a>
            )}
          </li>
        ))}
      </ol>
      <form
        className="flex gap-2 border-t border-line p-3"
        onSubmit={(event) => {
          event.preventDefault()
          void ask(typed)
        }}
      >
        <input
          ref={field}
          aria-label={t('help.ask')}
          placeholder={t('help.example')}
          maxLength={200}
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
          className={inputClass}
        />
        {voice && (
          <Button kind="quiet" aria-label={t('help.speak')} aria-pressed={voice.isListening} onClick={voice.listen}>
            <Icon name="voice" />
          </Button>
        )}
        <Button type="submit">
          <Icon name="next" />
          <span className="sr-only">{t('help.send')}</span>
        </Button>
      </form>
    </section>
  )
}

/** The trips that fit, or where else to look. */
async function answer(t: Translate, tms: PassengerTms, wanted: Wanted): Promise<Omit<Line, 'mine'>> {
  const { from, to, date, part } = wanted
  const more = paths.search({ from, to, date })
  const { offers, nextPossibleDate } = await tms.ticketing.searchTrips(
    searchOf({ from, to, date }, SearchOrder.DEPARTURE),
  )
  const fitting = offers.filter(({ origin, timeZone }) => fitsPart(part, timeZone, dateOf(origin?.time)))
  const facts = { from, to, date: formatDay(t, date) }
  if (fitting.length > 0)
    return { text: t('help.found', { ...facts, count: fitting.length }), offers: fitting.slice(0, MOST_OFFERS), more }
  if (offers.length > 0) return { text: t('help.otherTime', facts), offers: offers.slice(0, MOST_OFFERS), more }
  if (nextPossibleDate === '') return { text: t('help.never', facts) }
  const next = paths.search({ from, to, date: nextPossibleDate })
  return { text: t('help.nextDay', { ...facts, next: formatDay(t, nextPossibleDate) }), more: next }
}
