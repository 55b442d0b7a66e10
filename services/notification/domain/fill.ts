/** Values by placeholder name. */
export type Values = Readonly<Record<string, string>>

const placeholder = /\{(\w+)\}/g
const optionalPart = /\[([^[\]]*)\]/g

/**
 * Puts values into a text. `{name}` is replaced; a part in square brackets is left out when a value in it is empty:
 * `Seat 3B.[ Bus {plate}.]` is `Seat 3B.` while no bus is chosen.
 *
 * @throws {RangeError} when the text names a value that is not given.
 */
export function fill(text: string, values: Values): string {
  const kept = text.replace(optionalPart, (_, part: string) =>
    namesIn(part).some((name) => valueOf(values, name) === '') ? '' : part,
  )
  return kept.replace(placeholder, (_, name: string) => valueOf(values, name))
}

/** The placeholder names in a text. */
export function namesIn(text: string): string[] {
  return Array.from(text.matchAll(placeholder), ([, name = '']) => name)
}

function valueOf(values: Values, name: string): string {
  const value = values[name]
  if (value === undefined) throw new RangeError(`the text asks for {${name}}, which is not given`)
  return value
}
