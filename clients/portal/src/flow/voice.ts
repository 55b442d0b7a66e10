import { useMemo, useState } from 'react'
import type { Language } from '../i18n/languages.ts'

/** As browsers have it (Web Speech API); most under a prefix, some not at all. */
type Recognition = {
  lang: string
  onresult: ((event: { readonly results: readonly (readonly { readonly transcript: string }[])[] }) => void) | null
  onend: (() => void) | null
  start(): void
}
type WithVoice = { SpeechRecognition?: new () => Recognition; webkitSpeechRecognition?: new () => Recognition }

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-KE', rw: 'rw-RW', fr: 'fr-FR', sw: 'sw-KE' }

/** Listens to one sentence; undefined where the browser cannot. */
export function useVoice(language: Language, heard: (text: string) => void) {
  const [isListening, setListening] = useState(false)
  const Ears = useMemo(() => {
    const here = globalThis as WithVoice
    return here.SpeechRecognition ?? here.webkitSpeechRecognition
  }, [])
  if (!Ears) return undefined
  const listen = () => {
    const ears = new Ears()
    ears.lang = LOCALES[language]
    ears.onresult = ({ results }) => heard(results[0]?.[0]?.transcript ?? '')
    ears.onend = () => setListening(false)
    setListening(true)
    ears.start()
  }
  return { isListening, listen }
}
