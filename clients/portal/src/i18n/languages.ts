/** The languages of the portal; English has no prefix in the address. */
export const LANGUAGES = ['en', 'rw', 'fr', 'sw'] as const

export type Language = (typeof LANGUAGES)[number]

/** What each language calls itself. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  en: 'English',
  rw: 'Ikinyarwanda',
  fr: 'Français',
  sw: 'Kiswahili',
}

/** The language and the rest of a path: `/rw/search` is `rw` and `/search`. */
export function splitPath(path: string): { readonly language: Language; readonly rest: string } {
  const [, first = ''] = path.split('/')
  const language = LANGUAGES.find((one) => one === first && one !== 'en')
  if (!language) return { language: 'en', rest: path }
  return { language, rest: path.slice(first.length + 1) || '/' }
}

/** The prefix of a language's addresses, without a slash at its end. */
export function prefixOf(language: Language): string {
  return language === 'en' ? '' : `/${language}`
}
