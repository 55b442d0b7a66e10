import i18next, { type TFunction } from 'i18next'
import { createContext, use } from 'react'
import type { Language } from './languages.ts'

/** The texts of a language, as in its file. */
export type Texts = Readonly<Record<string, Readonly<Record<string, string>>>>

/** Translates: `t('search.found', { count: 3 })`. */
export type Translate = TFunction

/** One document speaks one language, so that its texts are fixed. */
export function translator(language: Language, texts: Texts): Translate {
  const instance = i18next.createInstance()
  void instance.init({
    lng: language,
    fallbackLng: false,
    initAsync: false,
    resources: { [language]: { translation: texts } },
    interpolation: { escapeValue: false }, // React escapes
  })
  return instance.t
}

/** What every component may ask for. */
export type Speech = { readonly language: Language; readonly t: Translate }

const SpeechContext = createContext<Speech | undefined>(undefined)

export const SpeechProvider = SpeechContext.Provider

/** The document's language and its texts. */
export function useSpeech(): Speech {
  const speech = use(SpeechContext)
  if (!speech) throw new Error('a component stands outside the app')
  return speech
}
