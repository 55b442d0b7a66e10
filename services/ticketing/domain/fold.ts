/**
 * A name as it is compared: without accents, case, apostrophes; anything else that is no letter or digit is one space.
 *
 * `Ng'ombe` and `NGOMBE` are one name, so are `Gikondo-Nyabugogo` and `gikondo nyabugogo`. The result may be empty.
 */
export function foldName(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/['’‘ʼ`´]/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** The distinct folded names of a stop, none of them empty. */
export function nameKeys(names: readonly string[]): string[] {
  return [...new Set(names.map(foldName))].filter((key) => key !== '').sort()
}
