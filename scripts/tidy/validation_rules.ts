import {
  type DescField,
  type DescMessage,
  type DescMethod,
  getOption,
  hasOption,
  isFieldSet,
  ScalarType,
} from '@bufbuild/protobuf'
import {
  BytesRulesSchema,
  field as fieldOption,
  type FieldRules,
  RepeatedRulesSchema,
  type StringRules,
  StringRulesSchema,
} from '@bufbuild/protovalidate/gen/buf/validate/validate_pb.js'
import { wordsOf } from '../../services/kit/rpc/forms.ts'
import { placeOf } from './contracts.ts'

/** The buf.validate rules of a field, if it has any. */
export function rulesOf(field: DescField): FieldRules | undefined {
  return hasOption(field, fieldOption) ? getOption(field, fieldOption) : undefined
}

/** Fields of requests that take whatever is sent, however much of it. */
export function validationFaults(methods: readonly DescMethod[]): string[] {
  const seen = new Set<string>()
  return methods.flatMap((method) =>
    fieldsWithin(method.input, seen).flatMap((field) => {
      const fault = faultOf(field)
      return fault ? [`${placeOf(method)}: ${field.parent.name}.${field.name} ${fault}`] : []
    }),
  )
}

/** Patterns of requests that a caller would be told as they are: a person needs words. */
export function wordlessFaults(methods: readonly DescMethod[]): string[] {
  const seen = new Set<string>()
  return methods.flatMap((method) =>
    fieldsWithin(method.input, seen).flatMap((field) =>
      patternsOf(rulesOf(field))
        .filter((pattern) => wordsOf(pattern) === undefined)
        .map((pattern) => `${placeOf(method)}: ${field.parent.name}.${field.name} has the pattern ${pattern}`),
    ),
  )
}

function patternsOf(rules: FieldRules | undefined): string[] {
  const type = rules?.type
  if (type?.case === 'string') return type.value.pattern === '' ? [] : [type.value.pattern]
  return type?.case === 'repeated' ? patternsOf(type.value.items) : []
}

/** The fields of a message of the suite and of those inside it, each message once. */
function fieldsWithin(message: DescMessage, seen: Set<string>): DescField[] {
  if (seen.has(message.typeName) || !message.typeName.startsWith('tms.')) return []
  seen.add(message.typeName)
  return message.fields.flatMap((field) => [field, ...(field.message ? fieldsWithin(field.message, seen) : [])])
}

/** A flag has no wrong value, and a single message has rules of its own. */
function faultOf(field: DescField): string | undefined {
  if (field.fieldKind === 'message') return undefined
  if (field.fieldKind === 'scalar' && field.scalar === ScalarType.BOOL) return undefined
  const rules = rulesOf(field)
  if (!rules) return 'takes anything: give it a buf.validate rule'
  if (field.fieldKind === 'list') return listFault(field, rules)
  return field.fieldKind === 'scalar' ? lengthFault(field.scalar, rules) : undefined
}

function listFault(field: DescField & { fieldKind: 'list' }, { type }: FieldRules): string | undefined {
  const bounded = type.case === 'repeated' && isFieldSet(type.value, RepeatedRulesSchema.field.maxItems)
  if (!bounded) return 'takes any number: give it repeated.max_items'
  if (field.listKind !== 'scalar') return undefined
  return type.value.items ? lengthFault(field.scalar, type.value.items) : lengthFault(field.scalar)
}

function lengthFault(scalar: ScalarType, rules?: FieldRules): string | undefined {
  const type = rules?.type
  if (scalar === ScalarType.STRING && !(type?.case === 'string' && isBounded(type.value))) {
    return 'takes a text of any length: give it string.max_len or a form'
  }
  const { maxLen, len } = BytesRulesSchema.field
  const bounded = type?.case === 'bytes' && (isFieldSet(type.value, maxLen) || isFieldSet(type.value, len))
  return scalar === ScalarType.BYTES && !bounded ? 'takes any number of bytes: give it bytes.max_len' : undefined
}

/** Whether a text that passes has a bound, or a form that somebody thought about. */
function isBounded(rules: StringRules): boolean {
  const { len, maxLen, lenBytes, maxBytes, pattern, const: constant } = StringRulesSchema.field
  const bounds = [len, maxLen, lenBytes, maxBytes, pattern, constant]
  return rules.wellKnown.case !== undefined || rules.in.length > 0 || bounds.some((field) => isFieldSet(rules, field))
}
