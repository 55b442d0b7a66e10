import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  carrierOf,
  countryOf,
  isPhone,
  maskPhone,
  nationalDigits,
  parsePhone,
  walletOf,
  withoutPlus,
  type PhoneCountry,
} from './index.ts'

describe('numbers as people write them [S3-33][S3-36]', () => {
  test.each<[string, PhoneCountry | undefined, string]>([
    ['+250788123456', undefined, '+250788123456'],
    ['+250 788 123 456', undefined, '+250788123456'],
    ['+250-788-123-456', undefined, '+250788123456'],
    ['\u202a+250\u00a0788\u00a0123\u00a0456\u202c', undefined, '+250788123456'],
    ['250788123456', undefined, '+250788123456'],
    ['00250788123456', undefined, '+250788123456'],
    ['0788123456', 'RW', '+250788123456'],
    ['(0)788.123.456', 'RW', '+250788123456'],
    ['788123456', 'RW', '+250788123456'],
    ['0720123456', 'RW', '+250720123456'],
    ['0732123456', 'RW', '+250732123456'],
    ['0771234567', 'RW', '+250771234567'],
    ['0791234567', 'RW', '+250791234567'],
    ['0712345678', 'KE', '+254712345678'],
    ['0110123456', 'KE', '+254110123456'],
    ['254712345678', 'RW', '+254712345678'],
    ['+254712345678', 'RW', '+254712345678'],
    ['000250788123456', 'KE', '+250788123456'],
  ])('"%s" (%s) is %s', (text, country, phone) => {
    expect(parsePhone(text, country)).toBe(phone)
  })

  test.each<[string, PhoneCountry | undefined, string]>([
    ['', 'RW', 'only digits'],
    ['+', 'RW', 'only digits'],
    ['seven eight', 'RW', 'only digits'],
    ['0788x123456', 'RW', 'only digits'],
    ['07881234+56', 'RW', 'only digits'],
    ['٠٧٨٨١٢٣٤٥٦', 'RW', 'only digits'],
    ['9'.repeat(40), 'RW', 'only digits'],
    ['0788123456', undefined, 'country code'],
    ['078812345', 'RW', '9 digits'],
    ['07881234567', 'RW', '9 digits'],
    ['+25078812345', undefined, '9 digits'],
    ['+2507881234567', undefined, '9 digits'],
    ['+2500788123456', undefined, '9 digits'],
    ['+250750123456', undefined, 'not a mobile number of Rwanda'],
    ['+250250123456', undefined, 'not a mobile number of Rwanda'],
    ['0688123456', 'RW', 'not a mobile number of Rwanda'],
    ['+254202012345', undefined, 'not a mobile number of Kenya'],
    ['+256712345678', undefined, 'Rwanda (+250) or Kenya (+254)'],
    ['+15551234567', undefined, 'Rwanda (+250) or Kenya (+254)'],
  ])('"%s" (%s) is refused: %s', (text, country, sentence) => {
    expect(() => parsePhone(text, country)).toThrow(RangeError)
    expect(() => parsePhone(text, country)).toThrow(sentence)
  })

  test('a number that was read is read again as itself', () => {
    const digits = fc.integer({ min: 0, max: 9_999_999 }).map((n) => n.toString().padStart(7, '0'))
    fc.assert(
      fc.property(fc.constantFrom('72', '73', '77', '78', '79'), digits, (block, rest) => {
        const phone = parsePhone(`0${block}${rest}`, 'RW')
        expect(parsePhone(phone)).toBe(phone)
        expect(parsePhone(withoutPlus(phone))).toBe(phone)
        expect(parsePhone(nationalDigits(phone), 'RW')).toBe(phone)
        expect(isPhone(phone)).toBe(true)
      }),
    )
  })

  test('whatever is typed gives a number or a RangeError', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          expect(isPhone(parsePhone(text, 'RW'))).toBe(true)
        } catch (err) {
          expect(err).toBeInstanceOf(RangeError)
        }
      }),
    )
  })
})

describe('numbers as providers want them', () => {
  test('M-Pesa and MoMo without the plus, Airtel nine digits, screens with the middle hidden', () => {
    expect(withoutPlus('+254712345678')).toBe('254712345678')
    expect(nationalDigits('+250730123456')).toBe('730123456')
    expect(maskPhone('+250788123489')).toBe('+2507•••••89')
  })

  test.each(['0788123456', '250788123456', '+25078812345', '+2507881234567', '', '+254912345678'])(
    '"%s" is not how the suite stores a number',
    (text) => {
      expect(isPhone(text)).toBe(false)
      expect(() => withoutPlus(text)).toThrow(RangeError)
      expect(() => maskPhone(text)).toThrow(RangeError)
    },
  )

  test.each([
    ['+250788123456', 'MTN', 'MTN_MOMO'],
    ['+250791234567', 'MTN', 'MTN_MOMO'],
    ['+250720123456', 'Airtel', 'AIRTEL_MONEY'],
    ['+250731234567', 'Airtel', 'AIRTEL_MONEY'],
    ['+250771234567', 'KtRN', undefined],
    ['+254712345678', 'Safaricom', 'MPESA'],
    ['+254111234567', 'Safaricom', 'MPESA'],
    ['+254733123456', 'Airtel', 'AIRTEL_MONEY'],
    ['+254771234567', 'Telkom', undefined],
    ['+254763123456', 'Finserve', undefined],
    ['+254747123456', 'JTL', undefined],
    ['+254744123456', undefined, undefined],
  ])('%s belongs to %s, wallet %s', (phone, carrier, wallet) => {
    expect(carrierOf(phone)).toBe(carrier)
    expect(walletOf(phone)).toBe(wallet)
  })
})

const metadata = '../shared/data/phone-metadata'
const lines = (file: string) => readFileSync(`${metadata}/${file}`, 'utf8').split('\n')

describe.skipIf(!existsSync(metadata))(
  'published numbering plans (../shared/data/phone-metadata, skipped when absent)',
  () => {
    test.each<[PhoneCountry, string]>([
      ['RW', '250'],
      ['KE', '254'],
    ])('of the example numbers of %s, the mobile one is taken and the others are refused', (country, code) => {
      const examples = lines(`${code}_${country}_examples.csv`).slice(1).filter(Boolean)
      for (const line of examples) {
        const [, type, number] = line.split(';').map((cell) => cell.trim().replaceAll('"', '')) as [
          string,
          string,
          string,
        ]
        if (type === 'MOBILE') expect(parsePhone(number, country)).toBe(`+${code}${number}`)
        else expect(() => parsePhone(number, country), line).toThrow(RangeError)
      }
      expect(examples).toHaveLength(4)
    })

    test.each<[PhoneCountry, string]>([
      ['RW', '250'],
      ['KE', '254'],
    ])('the operators of %s are those of the list', (country, code) => {
      const rows = lines(`${code}_${country}_carrier_prefixes.txt`)
        .filter((line) => /^\d/.test(line))
        .map((line) => line.split('|') as [string, string])
      const listed = (digits: string) =>
        rows.filter(([prefix]) => digits.startsWith(prefix)).sort(([a], [b]) => b.length - a.length)[0]?.[1]
      for (const [prefix] of rows) {
        const phone = `+${prefix.padEnd(12, '1')}`
        expect(countryOf(phone)).toBe(country)
        const carrier = carrierOf(phone)
        if (carrier) expect(carrier, phone).toBe(listed(phone.slice(1)))
      }
    })
  },
)
