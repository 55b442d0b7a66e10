import { addDays } from '../format/time.ts'

/** What somebody wants who writes a sentence. */
export type Wanted = {
  /** As it was written; empty when it was not said. */
  readonly from: string
  readonly to: string
  readonly date: string
  readonly part: PartOfDay
}

export type PartOfDay = 'any' | 'morning' | 'afternoon' | 'evening'

/** Words of all four languages at once: people mix them. Longer ones first where one begins another. */
const DAYS: readonly (readonly [string, number])[] = [
  ['day after tomorrow|apres-demain|apres demain|keshokutwa|ejobundi|ejo bundi', 2],
  ['tomorrow|demain|kesho|ejo hazaza|ejo', 1],
  ['today|tonight|aujourd hui|ce soir|leo|uyu munsi|none', 0],
]

const PARTS: readonly (readonly [string, PartOfDay])[] = [
  ['in the morning|morning|le matin|du matin|matin|asubuhi|mu gitondo|igitondo', 'morning'],
  ['in the afternoon|afternoon|l apres-midi|apres-midi|apres midi|mchana|ku manywa|nyuma ya saa sita', 'afternoon'],
  ['in the evening|evening|tonight|ce soir|le soir|soir|jioni|usiku|ku mugoroba|nimugoroba|nijoro', 'evening'],
]

const FROM = 'from|depuis|au depart de|de|kutoka|toka|kuva|mvuye|uvuye|iva'
const TO = 'going to|to|vers|pour|jusqu a|a|kwenda|kuelekea|hadi|mpaka|kujya|ijya|njya|ujya|werekeza|i'

/** Words that are no part of a town's name, wherever they stand. */
const FILLERS =
  'please|find|me|show|i|want|need|would|like|a|an|the|bus|buses|ticket|tickets|coach|on|for|trouve|trouver|moi|je|veux|voudrais|cherche|un|une|le|la|les|billet|s il vous plait|nitafutie|tafuta|nataka|basi|mabasi|tiketi|la|ya|tafadhali|ndashaka|shaka|nshakira|bisi|imodoka|itike|ya|yo|in|at|en|mu|ku|saa'

const words = (list: string) => `(?:${list})`

/** Lower case, without accents, apostrophes and signs. */
function plain(text: string): string {
  const bare = text.toLowerCase().normalize('NFD').replaceAll(/\p{M}/gu, '')
  return bare.replaceAll(/[^\p{L}\p{N}-]+/gu, ' ').trim()
}

/** Takes a word out of a sentence, and tells whether it was there. */
function taken(sentence: string, list: string): { readonly found: boolean; readonly rest: string } {
  const rest = sentence
    .replace(new RegExp(`(?<=^| )${words(list)}(?= |$)`, 'g'), ' ')
    .replaceAll(/ +/g, ' ')
    .trim()
  return { found: rest !== sentence, rest }
}

/**
 * Understands "find me a bus from Huye to Kigali tomorrow morning" in English, French, Swahili and Kinyarwanda. Undefined
 * when no place is named.
 *
 * @param today as a date, e.g. `2026-11-20`
 */
export function understand(text: string, today: string): Wanted | undefined {
  let sentence = plain(text)
  let part: PartOfDay = 'any'
  for (const [list, name] of PARTS) {
    const { found } = taken(sentence, list)
    if (found && part === 'any') part = name
  }
  let days: number | undefined
  for (const [list, ahead] of DAYS) {
    const { found, rest } = taken(sentence, list)
    if (found) days ??= ahead
    sentence = rest
  }
  for (const [list] of PARTS) sentence = taken(sentence, list).rest
  const { from, to } = placesIn(sentence)
  if (from === '' && to === '') return undefined
  return { from, to, date: addDays(today, days ?? 0), part }
}

function placesIn(sentence: string): { readonly from: string; readonly to: string } {
  const marker = new RegExp(`(?:^| )(?:(?<from>${FROM})|(?<to>${TO}))(?= |$)`, 'g')
  const found = [...sentence.matchAll(marker)]
  let [from, to] = ['', '']
  for (const [index, mark] of found.entries()) {
    const name = nameIn(sentence.slice(mark.index + mark[0].length, found[index + 1]?.index))
    if (name === '') continue
    if (mark.groups?.['from'] === undefined) to = name
    else from = name
  }
  // "Kigali to Huye": what stands before the first mark is where one starts.
  const before = nameIn(sentence.slice(0, found[0]?.index))
  if (from === '' && before !== '' && to !== '') from = before
  if (to === '' && from === '' && found.length === 0) to = before
  return { from, to }
}

function nameIn(text: string): string {
  return taken(taken(text.trim(), FILLERS).rest, FILLERS).rest.replaceAll(/(?<=^| )\p{L}/gu, (letter) =>
    letter.toUpperCase(),
  )
}

/** Whether a departure is in a part of its day: until noon, until five, after. */
export function fitsPart(part: PartOfDay, timeZone: string, at: Date): boolean {
  if (part === 'any') return true
  const hour = Number(new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' }).format(at))
  if (part === 'morning') return hour < 12
  return part === 'afternoon' ? hour >= 12 && hour < 17 : hour >= 17
}
