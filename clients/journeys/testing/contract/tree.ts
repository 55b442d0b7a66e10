import { create, type DescField, type DescMessage, type Message, type MessageInitShape } from '@bufbuild/protobuf'

/** A message as a plain object, by the names of its generated properties; what is left out is unset. */
export type Tree = Readonly<Record<string, unknown>>

/** Makes the message. */
export function buildFrom(schema: DescMessage, tree: Tree): Message {
  // Trees are made from the descriptor, which says more than a type could at run time.
  return create(schema, tree as MessageInitShape<DescMessage>)
}

/** The tree with one field set, or unset when the value is undefined; a member of a oneof takes the place of others. */
export function withField(tree: Tree, field: DescField, value: unknown): Tree {
  if (!field.oneof) return { ...tree, [field.localName]: value }
  const chosen = value === undefined ? { case: undefined } : { case: field.localName, value }
  return { ...tree, [field.oneof.localName]: chosen }
}

/** What a field is set to; undefined when it is not, or when another member of its oneof is. */
export function valueOf(tree: Tree, field: DescField): unknown {
  if (!field.oneof) return tree[field.localName]
  const chosen = tree[field.oneof.localName] as { case?: string; value?: unknown } | undefined
  return chosen?.case === field.localName ? chosen.value : undefined
}
