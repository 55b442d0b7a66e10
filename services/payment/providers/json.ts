/** A JSON object as it came: nothing about its fields is known. */
export type Fields = Readonly<Record<string, unknown>>

/** The object in a JSON text; undefined when the text is no JSON, or no object. */
export function objectIn(text: string): Fields | undefined {
  try {
    return fieldsOf(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** A value as an object; undefined when it is none. */
export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
}

/** A scalar as text, `''` when absent: providers write the same field as string and as number. */
export function textIn(fields: Fields | undefined, name: string): string {
  const value = fields?.[name]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
