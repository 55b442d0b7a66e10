import type { Language } from './languages.ts'
import type { Texts } from './texts.ts'

const FILES: Readonly<Record<Language, () => Promise<{ default: Texts }>>> = {
  en: () => import('./en.json'),
  rw: () => import('./rw.json'),
  fr: () => import('./fr.json'),
  sw: () => import('./sw.json'),
}

/** The texts of one language; a browser fetches no other. */
export async function loadTexts(language: Language): Promise<Texts> {
  return (await FILES[language]()).default
}
