import type { DescField, DescMessage, DescOneof } from '@bufbuild/protobuf'
import { ScalarType } from '@bufbuild/protobuf'
import fc, { type Arbitrary } from 'fast-check'
import { faultsOf, hasRulesBetweenFields, isRequired, type Rules, rulesOf } from './rules.ts'
import { anyEnumNumber, anyScalar, fittingScalar, integers } from './scalars.ts'
import type { Tree } from './tree.ts'

/** Values that exist, by the name of the field that takes them: random ids alone never get past "not found". */
export type Known = Readonly<Record<string, readonly string[]>>

/** What is drawn from, and whether every field is set and every list has an item. */
export type FittingOptions = { readonly known?: Known; readonly full?: boolean }

/** Random messages that keep every rule of their contract. */
export function fitting(schema: DescMessage, options: FittingOptions = {}): Arbitrary<Tree> {
  const wellKnown = wellKnownTypes[schema.typeName]
  if (wellKnown) return wellKnown
  const single = schema.fields.filter((field) => !field.oneof)
  const parts = [
    ...single.map((field) => [field.localName, perhaps(field, fittingField(field, options), options)] as const),
    ...schema.oneofs.map((oneof) => [oneof.localName, fittingOneof(oneof, options)] as const),
  ]
  const tree: Arbitrary<Tree> = fc.record(Object.fromEntries(parts))
  // Rules between fields cannot be followed, only tried.
  return hasRulesBetweenFields(schema) ? tree.filter((made) => faultsOf(schema, made).length === 0) : tree
}

function fittingOneof(oneof: DescOneof, options: FittingOptions): Arbitrary<unknown> {
  const members = oneof.fields.map((field) =>
    fittingField(field, options).map((value) => ({ case: field.localName, value })),
  )
  return isRequired(oneof) || options.full
    ? fc.oneof(...members)
    : fc.oneof(fc.constant({ case: undefined }), ...members)
}

/** A single message may be left out where nothing asks for it. */
function perhaps(field: DescField, value: Arbitrary<unknown>, { full }: FittingOptions): Arbitrary<unknown> {
  const needed = field.fieldKind !== 'message' || full === true || rulesOf(field).required
  return needed ? value : fc.option(value, { nil: undefined, freq: 4 })
}

/** Random values that keep the rules of one field. */
export function fittingField(field: DescField, options: FittingOptions = {}): Arbitrary<unknown> {
  const rules = rulesOf(field)
  switch (field.fieldKind) {
    case 'message':
      return fitting(field.message, options)
    case 'enum':
      return fittingEnum(field.enum.values, rules)
    case 'scalar':
      return fittingScalar(field.scalar, rules, options.known?.[field.localName])
    case 'list':
      return fittingList(field, rules, options)
    case 'map':
      return fittingMap(field, rules, options)
  }
}

function fittingEnum(values: readonly { number: number }[], { set, required }: Rules): Arbitrary<number> {
  const among = numbersOf(set['in']) ?? values.map(({ number }) => number)
  const without = [...(numbersOf(set['not_in']) ?? []), ...(required ? [0] : [])]
  return fc.constantFrom(...among.filter((number) => !without.includes(number)))
}

function numbersOf(rule: unknown): number[] | undefined {
  return Array.isArray(rule) ? rule.map(Number) : undefined
}

type ListField = DescField & { fieldKind: 'list' }

function fittingList(field: ListField, { set, items }: Rules, options: FittingOptions): Arbitrary<unknown[]> {
  const minLength = Math.max(Number(set['min_items'] ?? 0), options.full ? 1 : 0)
  const maxLength = Math.min(Number(set['max_items'] ?? 3), minLength + 2)
  const item = fittingItem(field, items ?? { required: false, kind: '', set: {} }, options)
  return set['unique'] === true
    ? fc.uniqueArray(item, { minLength, maxLength })
    : fc.array(item, { minLength, maxLength })
}

function fittingItem(field: ListField, rules: Rules, options: FittingOptions): Arbitrary<unknown> {
  if (field.listKind === 'message') return fitting(field.message, options)
  if (field.listKind === 'enum') return fittingEnum(field.enum.values, rules)
  return fittingScalar(field.scalar, rules, options.known?.[field.localName])
}

type MapField = DescField & { fieldKind: 'map' }

function fittingMap(field: MapField, { set, keys, values }: Rules, options: FittingOptions): Arbitrary<unknown> {
  const none = { required: false, kind: '', set: {} }
  const minKeys = Math.max(Number(set['min_pairs'] ?? 0), options.full ? 1 : 0)
  const key = fittingScalar(ScalarType.STRING, keys ?? none).map(String)
  return fc.dictionary(key, fittingScalar(scalarOf(field), values ?? none), { minKeys, maxKeys: minKeys + 2 })
}

/** The contracts have maps from text to single values, and no others. */
export function scalarOf(field: MapField): ScalarType {
  if (field.mapKind === 'scalar' && field.mapKey === ScalarType.STRING) return field.scalar
  throw new Error(`${field.toString()}: maps of this kind are not drawn yet`)
}

const [FIRST_SECOND, LAST_SECOND] = [-62_135_596_800n, 253_402_300_799n]

/** Types of Google's, whose rules stand in their comments. */
const wellKnownTypes: Readonly<Record<string, Arbitrary<Tree> | undefined>> = {
  // From the year 1 to the year 9999, and more often about now.
  'google.protobuf.Timestamp': fc.record({
    seconds: fc.oneof(
      fc.bigInt({ min: FIRST_SECOND, max: LAST_SECOND }),
      fc.bigInt({ min: 1_790_000_000n, max: 1_800_000_000n }),
    ),
    nanos: fc.integer({ min: 0, max: 999_999_999 }),
  }),
  // Also signs that differ and currencies that do not exist: no rule of buf.validate forbids them.
  'google.type.Money': fc.record({
    currencyCode: fc.constantFrom('RWF', 'RWF', 'KES', 'XXX', '', 'rwf', 'R\u0000F'),
    units: fc.oneof(integers(ScalarType.INT64), fc.bigInt({ min: 0n, max: 10_000n })),
    nanos: fc.oneof(fc.constant(0), integers(ScalarType.INT32)),
  }),
}

const DEEPEST = 4

/** Random messages that keep no rule at all, only the types of the wire. */
export function garbage(schema: DescMessage, depth = 0): Arbitrary<Tree> {
  const single = schema.fields.filter((field) => !field.oneof)
  const parts = [
    ...single.map((field) => [field.localName, garbageField(field, depth)] as const),
    ...schema.oneofs.map((oneof) => [oneof.localName, garbageOneof(oneof, depth)] as const),
  ]
  return fc.record(Object.fromEntries(parts))
}

function garbageOneof(oneof: DescOneof, depth: number): Arbitrary<unknown> {
  const members = oneof.fields.map((field) =>
    garbageField(field, depth).map((value) => (value === undefined ? unset : { case: field.localName, value })),
  )
  return fc.oneof(fc.constant(unset), ...members)
}

const unset = { case: undefined }

function garbageField(field: DescField, depth: number): Arbitrary<unknown> {
  const isTooDeep = depth >= DEEPEST
  switch (field.fieldKind) {
    case 'message':
      return isTooDeep ? fc.constant(undefined) : fc.option(garbage(field.message, depth + 1), { nil: undefined })
    case 'enum':
      return anyEnumNumber
    case 'scalar':
      return anyScalar(field.scalar)
    case 'list':
      return fc.array(garbageItem(field, depth), { maxLength: isTooDeep ? 0 : 3 })
    case 'map':
      return fc.dictionary(fc.string({ unit: 'binary' }), anyScalar(scalarOf(field)), { maxKeys: 3 })
  }
}

function garbageItem(field: ListField, depth: number): Arbitrary<unknown> {
  if (field.listKind === 'message') return depth >= DEEPEST ? fc.constant({}) : garbage(field.message, depth + 1)
  return field.listKind === 'enum' ? anyEnumNumber : anyScalar(field.scalar)
}
