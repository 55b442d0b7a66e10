/** A generated enum: its values by name. */
type EnumValues = Readonly<Record<string, number>>

/**
 * The name under which a value of a contract's enum is kept in the database.
 *
 * Requests are checked against `defined_only`, so that a value without a name is a fault of ours.
 */
export function nameOf<E extends EnumValues>(values: E, value: number): Exclude<keyof E & string, 'UNSPECIFIED'> {
  const name = nameIfGiven(values, value)
  if (name === undefined) throw new RangeError(`the enum has no name for ${value}`)
  return name
}

/** As {@link nameOf}; undefined for the zero value that means "not stated". */
export function nameIfGiven<E extends EnumValues>(
  values: E,
  value: number,
): Exclude<keyof E & string, 'UNSPECIFIED'> | undefined {
  if (value === 0) return undefined
  const found = Object.entries(values).find(([, known]) => known === value)
  return found?.[0] as Exclude<keyof E & string, 'UNSPECIFIED'> | undefined
}

/** A text that a request may leave empty. */
export function given(text: string): string | undefined {
  return text === '' ? undefined : text
}

/** As {@link given} for columns. */
export function givenOrNull(text: string): string | null {
  return text === '' ? null : text
}
