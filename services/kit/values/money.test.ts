import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  add,
  allocate,
  compare,
  currencies,
  formatMoney,
  isZero,
  money,
  moneyFromProto,
  moneyToProto,
  multiply,
  negate,
  parseMoney,
  split,
  subtract,
  sum,
  toDecimal,
  type Rounding,
} from './index.ts'

const anyMoney = fc
  .record({ currency: fc.constantFrom(...currencies), minor: fc.bigInt(-(10n ** 15n), 10n ** 15n) })
  .map(({ currency, minor }) => money(currency, minor))
const wire = (currencyCode: string, units: bigint, nanos = 0) => ({ currencyCode, units, nanos })

describe('money on the wire', () => {
  test.each([
    ['RWF', 12_000n, 0, 12_000n],
    ['KES', 1_250n, 500_000_000, 125_050n],
    ['KES', -1n, -750_000_000, -175n],
    ['USD', 0n, -10_000_000, -1n],
  ])('%s %d units %d nanos is %d of the smallest unit', (currency, units, nanos, minor) => {
    expect(moneyFromProto(wire(currency, units, nanos))).toEqual({ currency, minor })
    expect(moneyToProto(money(currency, minor))).toEqual(wire(currency, units, nanos))
  })

  test.each([
    ['half a franc', wire('RWF', 0n, 500_000_000)],
    ['a tenth of a cent', wire('KES', 1n, 1_000_000)],
    ['signs that differ', wire('KES', 1n, -10_000_000)],
    ['signs that differ, the other way', wire('KES', -1n, 10_000_000)],
    ['nanos of a whole unit', wire('KES', 1n, 1_000_000_000)],
    ['a currency that is not kept', wire('XTS', 1n)],
    ['no currency', wire('', 1n)],
    ['a currency in lower case', wire('rwf', 1n)],
    ['the name of an object property', wire('constructor', 1n)],
    ['more than 64 bits in cents', wire('KES', 2n ** 62n)],
  ])('%s is refused', (_, amount) => {
    expect(() => moneyFromProto(amount)).toThrow(RangeError)
  })

  test('every amount comes back from the wire as it went', () => {
    fc.assert(fc.property(anyMoney, (amount) => void expect(moneyFromProto(moneyToProto(amount))).toEqual(amount)))
  })
})

describe('sums', () => {
  test('adding and subtracting the same leaves the amount', () => {
    fc.assert(
      fc.property(anyMoney, fc.bigInt(-(10n ** 15n), 10n ** 15n), (a, minor) => {
        const b = money(a.currency, minor)
        expect(subtract(add(a, b), b)).toEqual(a)
        expect(isZero(add(a, negate(a)))).toBe(true)
        expect(Math.sign(compare(a, b))).toBe(-Math.sign(compare(b, a)) + 0)
      }),
    )
  })

  test('francs and shillings do not mix', () => {
    expect(() => add(money('RWF', 1), money('KES', 1))).toThrow('RWF and KES do not mix')
    expect(() => compare(money('RWF', 1), money('KES', 1))).toThrow(RangeError)
  })

  test('a sum beyond 64 bits is refused, not wrapped', () => {
    const most = money('RWF', 2n ** 63n - 1n)
    expect(() => add(most, money('RWF', 1))).toThrow(RangeError)
    expect(() => money('RWF', 1.5)).toThrow(RangeError)
  })

  test('the sum of no tickets is nothing', () => {
    expect(sum('RWF', [])).toEqual(money('RWF', 0))
    expect(sum('RWF', [money('RWF', 2_500), money('RWF', 3_000)])).toEqual(money('RWF', 5_500))
  })
})

describe('rounding', () => {
  const roundings: Rounding[] = ['half-up', 'half-even', 'down', 'up']
  test.each<[bigint, bigint, bigint, bigint[]]>([
    [5n, 1n, 2n, [3n, 2n, 2n, 3n]],
    [-5n, 1n, 2n, [-3n, -2n, -2n, -3n]],
    [7n, 1n, 2n, [4n, 4n, 3n, 4n]],
    [10n, 1n, 3n, [3n, 3n, 3n, 4n]],
    [-10n, 1n, 3n, [-3n, -3n, -3n, -4n]],
    [20n, 1n, 3n, [7n, 7n, 6n, 7n]],
    [5n, -1n, 2n, [-3n, -2n, -2n, -3n]],
    [5n, 1n, -2n, [-3n, -2n, -2n, -3n]],
    [6n, 1n, 3n, [2n, 2n, 2n, 2n]],
    [12_345n, 29n, 1000n, [358n, 358n, 358n, 359n]],
  ])('%d × %d/%d', (minor, numerator, denominator, expected) => {
    const rounded = roundings.map((rounding) => multiply(money('KES', minor), numerator, denominator, rounding).minor)
    expect(rounded).toEqual(expected)
  })

  test('nothing is divided by zero', () => {
    expect(() => multiply(money('KES', 1), 1n, 0n, 'down')).toThrow(RangeError)
  })
})

describe('sharing out', () => {
  test('KES 100.00 three ways is 33.34, 33.33, 33.33', () => {
    expect(split(money('KES', 10_000), 3).map((share) => share.minor)).toEqual([3334n, 3333n, 3333n])
    expect(split(money('KES', -10_000), 3).map((share) => share.minor)).toEqual([-3334n, -3333n, -3333n])
  })

  test('shares of a split add up, and differ by one at most', () => {
    fc.assert(
      fc.property(anyMoney, fc.integer({ min: 1, max: 60 }), (total, ways) => {
        const shares = split(total, ways)
        expect(sum(total.currency, shares)).toEqual(total)
        const sizes = shares.map((share) => share.minor).sort((a, b) => Number(a - b))
        expect(sizes.at(-1)! - sizes[0]!).toBeLessThanOrEqual(1n)
      }),
    )
  })

  test('shares of an allocation add up, and each is within one unit of the exact one', () => {
    const ratios = fc
      .array(fc.bigInt(0n, 1_000_000n), { minLength: 1, maxLength: 12 })
      .filter((all) => all.some(Boolean))
    fc.assert(
      fc.property(anyMoney, ratios, (total, parts) => {
        const whole = parts.reduce((a, b) => a + b)
        const shares = allocate(total, parts)
        expect(sum(total.currency, shares)).toEqual(total)
        shares.forEach((share, i) => {
          const error = share.minor * whole - total.minor * parts[i]!
          expect(error < 0n ? -error : error).toBeLessThan(whole)
          if (parts[i] === 0n) expect(share.minor).toBe(0n)
        })
      }),
    )
  })

  test('the largest fraction gets what is left over', () => {
    expect(allocate(money('RWF', 10), [1n, 1n, 4n]).map((share) => share.minor)).toEqual([2n, 2n, 6n].map(BigInt))
    expect(allocate(money('RWF', 100), [1n, 1n, 1n]).map((share) => share.minor)).toEqual([34n, 33n, 33n])
  })

  test('ratios that are negative, all zero or missing are refused', () => {
    for (const ratios of [[], [0n, 0n], [1n, -1n, 5n]])
      expect(() => allocate(money('RWF', 100), ratios)).toThrow(RangeError)
  })

  test.each([0, -1, 1.5, Number.NaN])('a split %d ways is refused', (ways) => {
    expect(() => split(money('RWF', 100), ways)).toThrow(RangeError)
  })
})

describe('money as text', () => {
  test.each([
    ['en', 'RWF', 12_000n, 'RWF 12,000'],
    ['rw', 'RWF', 12_000n, 'RWF 12.000'],
    ['fr', 'RWF', 12_000n, '12 000 RWF'],
    ['sw', 'KES', 125_050n, 'KES 1,250.50'],
    ['en', 'KES', -5n, '-KES 0.05'],
    ['not a language', 'UGX', 5_000n, 'UGX 5,000'],
    ['en', 'UGX', 9_007_199_254_740_993n, 'UGX 9,007,199,254,740,993'],
  ])('in %s, %s %d is written "%s"', (language, currency, minor, text) => {
    expect(formatMoney(money(currency, minor), language)).toBe(text)
  })

  test('an SMS with an amount stays in the GSM-7 alphabet', () => {
    for (const language of ['en', 'rw', 'fr', 'sw'])
      expect(formatMoney(money('KES', -123_456_789), language)).toMatch(/^[\x20-\x7e]+$/)
  })

  test('decimal text is read back', () => {
    fc.assert(
      fc.property(anyMoney, (amount) => void expect(parseMoney(amount.currency, toDecimal(amount))).toEqual(amount)),
    )
  })

  test.each([
    ['KES', '1250.5', 125_050n],
    ['KES', ' +7 ', 700n],
    ['KES', '-0.05', -5n],
    ['RWF', '1250.00', 1250n],
  ])('%s "%s" is %d', (currency, text, minor) => {
    expect(parseMoney(currency, text)).toEqual(money(currency, minor))
  })

  test.each([
    ['RWF', '0.5'],
    ['KES', '1.005'],
    ['KES', '1,250.50'],
    ['KES', '1e3'],
    ['KES', '.5'],
    ['KES', ''],
    ['KES', '٥'],
    ['KES', '9'.repeat(40)],
  ])('%s "%s" is refused', (currency, text) => {
    expect(() => parseMoney(currency, text)).toThrow(RangeError)
  })
})
