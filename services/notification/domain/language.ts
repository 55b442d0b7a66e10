/** The languages that messages are written in. */
export const languages = ['en', 'rw', 'fr', 'sw'] as const

/** A language that messages are written in. */
export type Language = (typeof languages)[number]

/** One text in every language. */
export type Texts = Readonly<Record<Language, string>>

/** The language for a tag of BCP 47, its region ignored: `fr-RW` reads French. Anything else reads English. */
export function languageFor(tag: string): Language {
  const primary = tag.toLowerCase().split('-')[0]
  return languages.find((language) => language === primary) ?? 'en'
}
