/**
 * The alphabet of text messages, and what a text costs in it.
 *
 * A part holds 160 characters of GSM-7 but only 70 of UCS-2, so one typographic apostrophe can double the price.
 * Source: 3GPP TS 23.038 (alphabet), TS 23.040 (parts).
 */

const basic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà'
/** Written as an escape and a second character. */
const extension = '\f^{}\\[~]|€'

const septets = new Map([...[...basic].map((c) => [c, 1] as const), ...[...extension].map((c) => [c, 2] as const)])

/** What stands for a character that has no base letter. */
const substitutes: Readonly<Record<string, string>> = {
  '’': "'",
  '‘': "'",
  '“': '"',
  '”': '"',
  '«': '"',
  '»': '"',
  '–': '-',
  '—': '-',
  '…': '...',
  '•': '*',
  œ: 'oe',
  Œ: 'OE',
  '\u00a0': ' ',
  '\u202f': ' ',
  '\t': ' ',
}

/** What a text takes when it is sent. */
export type SmsSize = { readonly isGsm7: boolean; readonly segments: number }

/** Counts the parts of a text. An empty text takes one. */
export function sizeOf(text: string): SmsSize {
  const widths = Array.from(text, (character) => septets.get(character))
  if (widths.every((width) => width !== undefined)) return { isGsm7: true, segments: partsOf(widths, 160, 153) }
  // A pair of surrogates is not split over two parts.
  const units = Array.from(text, (character) => character.length)
  return { isGsm7: false, segments: partsOf(units, 70, 67) }
}

function partsOf(widths: readonly number[], single: number, each: number): number {
  if (widths.reduce((sum, width) => sum + width, 0) <= single) return 1
  let parts = 1
  let used = 0
  for (const width of widths) {
    if (used + width > each) {
      parts++
      used = 0
    }
    used += width
  }
  return parts
}

/**
 * The text with accents and typography of the Latin script reduced to what GSM-7 has: `août` is `aout`, `l’été` is `l'été`.
 * A character that cannot be reduced (another script, an emoji) stays, and the text goes out as UCS-2.
 */
export function softenForSms(text: string): string {
  return Array.from(text.normalize('NFC'), soften).join('')
}

function soften(character: string): string {
  if (septets.has(character)) return character
  const base = substitutes[character] ?? character.normalize('NFD').replace(/\p{Mark}/gu, '')
  return Array.from(base).every((each) => septets.has(each)) ? base : character
}
