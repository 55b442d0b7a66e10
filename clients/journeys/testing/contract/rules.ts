import {
  type DescField,
  type DescMessage,
  type DescOneof,
  getOption,
  hasOption,
  type Message,
} from '@bufbuild/protobuf'
import { isReflectList, reflect } from '@bufbuild/protobuf/reflect'
import { createValidator, type Violation } from '@bufbuild/protovalidate'
import {
  field as fieldOption,
  type FieldRules,
  FieldRulesSchema,
  Ignore,
  message as messageOption,
  oneof as oneofOption,
} from '@bufbuild/protovalidate/gen/buf/validate/validate_pb.js'
import { buildFrom, type Tree } from './tree.ts'

/** What buf.validate says of one value. */
export type Rules = {
  readonly required: boolean
  /** The rules are written down and not asked for: whoever gets the value judges it. */
  readonly ignored?: boolean
  /** Type that the rules are for, as in `string.min_len`; empty when there are none. */
  readonly kind: string
  /** The rules that are set, by their names in buf/validate/validate.proto, e.g. `min_len`. */
  readonly set: Readonly<Record<string, unknown>>
  /** Rules of a list's items, of a map's keys and values. */
  readonly items?: Rules
  readonly keys?: Rules
  readonly values?: Rules
}

const NONE: Rules = { required: false, kind: '', set: {} }

/** The buf.validate rules of a field. */
export function rulesOf(field: DescField): Rules {
  return hasOption(field, fieldOption) ? read(getOption(field, fieldOption)) : NONE
}

function read(rules: FieldRules | undefined): Rules {
  if (!rules) return NONE
  const { type, required, ignore } = rules
  const schema = FieldRulesSchema.fields.find(({ localName }) => localName === type.case)?.message
  return {
    required,
    ignored: ignore === Ignore.ALWAYS,
    kind: type.case ?? '',
    set: type.value && schema ? setFields(schema, type.value) : {},
    ...(type.case === 'repeated' && { items: read(type.value.items) }),
    ...(type.case === 'map' && { keys: read(type.value.keys), values: read(type.value.values) }),
  }
}

function setFields(schema: DescMessage, message: Message): Record<string, unknown> {
  const reflected = reflect(schema, message)
  const set = schema.fields.filter((field) => field.fieldKind !== 'message' && reflected.isSet(field))
  return Object.fromEntries(set.map((field) => [field.name, valueIn(reflected.get(field))]))
}

/** Lists come wrapped. */
function valueIn(value: unknown): unknown {
  return isReflectList(value) ? [...value] : value
}

/** Whether one member of a oneof must be set. */
export function isRequired(oneof: DescOneof): boolean {
  return hasOption(oneof, oneofOption) && getOption(oneof, oneofOption).required
}

/** Whether a message has rules that speak of several of its fields. */
export function hasRulesBetweenFields(schema: DescMessage): boolean {
  return hasOption(schema, messageOption)
}

/** A rule that a request breaks: where, as a caller writes the path, and which, e.g. `string.min_len`. */
export type Fault = { readonly path: string; readonly rule: string }

const validator = createValidator()

/** Every rule that a request breaks. */
export function faultsOf(schema: DescMessage, tree: Tree): Fault[] {
  const result = validator.validate(schema, buildFrom(schema, tree))
  if (result.kind === 'error') throw result.error
  return (result.violations ?? []).map((violation) => ({ path: pathOf(violation), rule: violation.ruleId }))
}

function pathOf({ field }: Violation): string {
  const parts = field.map((part) => {
    if (part.kind === 'list_sub') return `[${part.index}]`
    if (part.kind === 'map_sub') return `[${String(part.key)}]`
    return `.${part.name}`
  })
  return parts.join('').replace(/^\./, '')
}
