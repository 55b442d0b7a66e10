/** GSM 03.38 basic table; a character outside it and the extension makes the whole message UCS-2. */
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà'
/** Reached through an escape: two septets each. */
const EXTENSION = '^{}\\[~]|€\f'

const septets = new Map<string, number>([
  ...[...BASIC].map((character) => [character, 1] as const),
  ...[...EXTENSION].map((character) => [character, 2] as const),
])

const LIMITS = { 'GSM-7': { single: 160, part: 153 }, 'UCS-2': { single: 70, part: 67 } } as const

export type Encoded = { readonly encoding: keyof typeof LIMITS; readonly segments: number }

/**
 * How an SMS travels: its alphabet and in how many parts.
 *
 * A part never ends in the middle of an escaped character or of a surrogate pair, so parts can be less than full.
 * Source: 3GPP TS 23.038 (alphabet) and 23.040 (concatenation).
 */
export function encodingOf(text: string): Encoded {
  const characters = [...text]
  const encoding = characters.every((character) => septets.has(character)) ? 'GSM-7' : 'UCS-2'
  const units = characters.map((character) => (encoding === 'GSM-7' ? (septets.get(character) ?? 1) : character.length))
  return { encoding, segments: segmentsOf(units, LIMITS[encoding]) }
}

function segmentsOf(units: readonly number[], limit: { single: number; part: number }): number {
  const total = units.reduce((sum, unit) => sum + unit, 0)
  if (total <= limit.single) return 1
  let segments = 1
  let used = 0
  for (const unit of units) {
    if (used + unit > limit.part) {
      segments += 1
      used = 0
    }
    used += unit
  }
  return segments
}
