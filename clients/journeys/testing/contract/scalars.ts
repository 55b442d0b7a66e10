import { ScalarType } from '@bufbuild/protobuf'
import fc, { type Arbitrary } from 'fast-check'
import type { Rules } from './rules.ts'

/** Values of single fields: those that keep the rules, those that may break them, those that know none. */

/** Text that has broken programs before; it is sent wherever the rules allow it. */
const TRICKY = [
  "'; drop table booking; --",
  'a\u0000b',
  '\u202Egnp.exe',
  '%_\\%',
  '{{name}}',
  '𝕂𝕚𝕘𝕒𝕝𝕚 💺',
  'null',
  '\r\nBcc: x@y.z',
]

const INT32 = { min: -(2n ** 31n), max: 2n ** 31n - 1n }
const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n }
const UINT32 = { min: 0n, max: 2n ** 32n - 1n }
const UINT64 = { min: 0n, max: 2n ** 64n - 1n }

/** What an integer of the wire can hold; undefined for other types. */
function rangeOf(scalar: ScalarType): { min: bigint; max: bigint } | undefined {
  switch (scalar) {
    case ScalarType.INT32:
    case ScalarType.SINT32:
    case ScalarType.SFIXED32:
      return INT32
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return INT64
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return UINT32
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return UINT64
    default:
      return undefined
  }
}

/** 64 bits are a bigint, 32 a number. */
function ofWidth(scalar: ScalarType, value: bigint): bigint | number {
  const range = rangeOf(scalar)
  return range === INT64 || range === UINT64 ? value : Number(value)
}

/** Whole numbers within bounds, and more often at them. */
export function integers(scalar: ScalarType, { set }: Pick<Rules, 'set'> = { set: {} }): Arbitrary<bigint | number> {
  const range = rangeOf(scalar) ?? INT32
  const { gte, gt, lte, lt } = set
  const min = gte !== undefined ? big(gte) : gt !== undefined ? big(gt) + 1n : range.min
  const max = lte !== undefined ? big(lte) : lt !== undefined ? big(lt) - 1n : range.max
  const without = forbidden(set)
  return fc
    .bigInt({ min, max })
    .filter((value) => !without.includes(value))
    .map((value) => ofWidth(scalar, value))
}

/** Whole numbers that a rule names as wrong. */
const forbidden = (set: Rules['set']): bigint[] => (Array.isArray(set['not_in']) ? set['not_in'].map(big) : [])

const big = (value: unknown): bigint => BigInt(value as number | bigint)
const numeric = (value: unknown, otherwise: number): number => (value === undefined ? otherwise : Number(value))

/** Random values that keep the rules. @param known values that exist, drawn more often than others */
export function fittingScalar(scalar: ScalarType, rules: Rules, known: readonly string[] = []): Arbitrary<unknown> {
  if (scalar === ScalarType.BOOL) return fc.boolean()
  if (scalar === ScalarType.BYTES) return fittingBytes(rules)
  if (rangeOf(scalar)) return integers(scalar, rules)
  if (scalar !== ScalarType.STRING) return fittingDouble(rules)
  const fits = fittingString(rules)
  return known.length === 0 ? fits : fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...known) }, fits)
}

function fittingDouble({ set }: Rules): Arbitrary<number> {
  const [min, max] = [numeric(set['gte'] ?? set['gt'], -1e300), numeric(set['lte'] ?? set['lt'], 1e300)]
  return fc.double({ min, max, noNaN: true, noDefaultInfinity: true })
}

function fittingBytes({ set }: Rules): Arbitrary<Uint8Array> {
  const minLength = numeric(set['min_len'], 0)
  return fc.uint8Array({ minLength, maxLength: Math.min(numeric(set['max_len'], 64), minLength + 64) })
}

function fittingString({ set }: Rules): Arbitrary<string> {
  const [minLength, maxLength] = [numeric(set['min_len'], 0), numeric(set['max_len'], 10_000)]
  const hasLength = (text: string) => [...text].length >= minLength && [...text].length <= maxLength
  if (Array.isArray(set['in'])) return fc.constantFrom(...set['in'].map(String))
  if (set['uuid'] === true) return fc.uuid()
  if (set['email'] === true) return fc.emailAddress().filter(hasLength)
  const pattern = typeof set['pattern'] === 'string' ? new RegExp(set['pattern'], 'u') : undefined
  const random = pattern
    ? fc.stringMatching(pattern).filter(hasLength)
    : fc.string({ unit: 'binary', minLength, maxLength: Math.min(maxLength, minLength + 60) })
  const tricky = TRICKY.filter((text) => hasLength(text) && (pattern?.test(text) ?? true))
  return tricky.length === 0 ? random : fc.oneof(random, fc.constantFrom(...tricky))
}

/** Random values of the wire's type, whatever the rules. */
export function anyScalar(scalar: ScalarType): Arbitrary<unknown> {
  if (scalar === ScalarType.BOOL) return fc.boolean()
  if (scalar === ScalarType.BYTES) return fc.uint8Array({ maxLength: 200 })
  if (scalar === ScalarType.STRING) {
    return fc.oneof(fc.string({ unit: 'binary' }), fc.uuid(), fc.constantFrom(...TRICKY))
  }
  return rangeOf(scalar) ? integers(scalar) : fc.double()
}

/** Random numbers on the wire of an enum. */
export const anyEnumNumber = fc.integer({ min: -5, max: 50 })

/** Values among which are some that break each rule there is; `fitting` is one that breaks none. */
export function suspects(scalar: ScalarType, { set }: Rules, fitting: unknown): unknown[] {
  if (scalar === ScalarType.STRING) return stringSuspects(set, String(fitting))
  if (scalar === ScalarType.BYTES) {
    const lengths = [numeric(set['min_len'], 0) - 1, numeric(set['max_len'], 0) + 1]
    return lengths.filter((length) => length >= 0).map((length) => new Uint8Array(length))
  }
  if (scalar === ScalarType.BOOL) return []
  const bounds = ['gte', 'gt', 'lte', 'lt'].flatMap((name) => (set[name] === undefined ? [] : [set[name]]))
  const range = rangeOf(scalar)
  if (!range) return [NaN, Infinity, -Infinity, ...bounds.flatMap((bound) => [Number(bound) - 1, Number(bound) + 1])]
  const near = bounds.flatMap((bound) => [big(bound) - 1n, big(bound), big(bound) + 1n])
  const onWire = [range.min, ...forbidden(set), ...near, range.max].filter(
    (value) => value >= range.min && value <= range.max,
  )
  return onWire.map((value) => ofWidth(scalar, value))
}

function stringSuspects(set: Rules['set'], fitting: string): string[] {
  const tooShort = numeric(set['min_len'], 0) - 1
  const tooLong = numeric(set['max_len'], -2) + 1
  return [
    ...(tooShort >= 0 ? ['x'.repeat(tooShort)] : []),
    ...(tooLong > 0 ? ['x'.repeat(tooLong), '💺'.repeat(tooLong)] : []),
    '',
    `${fitting}\n`,
    `${fitting}\u0000`,
    ` ${fitting}`,
    `${fitting}${fitting}`,
    '0190f000-0000-7000-8000-00000000000g',
    'nobody',
    'nobody@',
    '!',
    ...TRICKY,
  ]
}
