import { type DescField, type DescMessage, type Message, ScalarType } from '@bufbuild/protobuf'

const NUL = '\u0000'

/**
 * Paths of the texts in a message that hold the character U+0000, which PostgreSQL keeps in no column.
 *
 * Asked of every request, so that no contract has to forbid it field by field, and no service can forget to.
 */
export function unstorableTexts(schema: DescMessage, message: Message): string[] {
  return textFieldsOf(schema).flatMap((field) => {
    const value = valueOf(field, message)
    if (field.fieldKind === 'map') return withinMap(field, value as object, field.name)
    return within(field, value, field.name)
  })
}

const known = new WeakMap<DescMessage, readonly DescField[]>()

/** The fields of a message in which there may be text, found once for each type. */
function textFieldsOf(schema: DescMessage): readonly DescField[] {
  const found = known.get(schema)
  if (found) return found
  const fields = schema.fields.filter(mayHoldText)
  known.set(schema, fields)
  return fields
}

function mayHoldText(field: DescField): boolean {
  return field.message !== undefined || field.scalar === ScalarType.STRING || field.fieldKind === 'map'
}

/** Read directly rather than by reflection, which would cost every call a wrapper for each of its fields. */
function valueOf({ oneof, localName }: DescField, message: Message): unknown {
  const properties = message as unknown as Readonly<Record<string, unknown>>
  if (!oneof) return properties[localName]
  const chosen = properties[oneof.localName] as { readonly case?: string; readonly value?: unknown }
  return chosen.case === localName ? chosen.value : undefined
}

function within(field: DescField, value: unknown, path: string): string[] {
  if (typeof value === 'string') return value.includes(NUL) ? [path] : []
  if (Array.isArray(value)) return value.flatMap((item: unknown, i) => within(field, item, `${path}[${i}]`))
  return field.message && value !== undefined ? nested(field.message, value as Message, path) : []
}

function withinMap(field: DescField, map: object, path: string): string[] {
  return Object.entries(map).flatMap(([key, value]) =>
    key.includes(NUL) ? [path] : within(field, value, `${path}[${key}]`),
  )
}

function nested(schema: DescMessage, message: Message, path: string): string[] {
  return unstorableTexts(schema, message).map((inner) => `${path}.${inner}`)
}
