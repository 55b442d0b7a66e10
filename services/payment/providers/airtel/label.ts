/** The shortest and longest text shown to whom money is taken from or sent to; the limits are not confirmed. */
const [SHORTEST, LONGEST] = [4, 64]

/** A text as Airtel shows it: letters, digits and spaces. */
export function labelOf(text: string): string {
  const plain = text
    .normalize('NFD')
    .replaceAll(/[^A-Za-z0-9 ]/g, '')
    .replaceAll(/ +/g, ' ')
    .trim()
  return plain.slice(0, LONGEST).padEnd(SHORTEST, '0')
}
