import { create } from '@bufbuild/protobuf'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { MapSeatSchema, TripOfferSchema } from '../../../gen/tms/ticketing/v1/trip_offer_pb.ts'
import { SeatClass, SeatState } from '../../sdk/src/passenger.ts'
import { PaymentFailure } from '../../sdk/src/payment.ts'
import { matchRoute, seatsOf } from './app/routes.ts'
import { fitting, limitsOf, noFilter } from './flow/offer_filter.ts'
import { nearestFree, together } from './flow/seat_choice.ts'
import { formatMoney } from './format/money.ts'
import { formatPhone, providerOf, toE164 } from './format/phone.ts'
import { formatCountdown, isDay } from './format/time.ts'
import { LANGUAGES, splitPath } from './i18n/languages.ts'
import { METHODS } from './flow/payment.ts'
import { escaped, jsonInHtml } from './server/document.ts'

const here = import.meta.dirname

type File = Record<string, Record<string, string>>
const textsOf = (language: string) => JSON.parse(readFileSync(join(here, `i18n/${language}.json`), 'utf8')) as File
const flat = (file: File) =>
  new Map<string, string>(
    Object.entries(file).flatMap(([room, texts]) =>
      Object.entries(texts).map(([key, text]) => [`${room}.${key}`, text] as const),
    ),
  )
const english = flat(textsOf('en'))
/** Which forms of the plural a language has is its own business. */
const singular = (key: string) => key.replace(/_(?:one|few|many|other)$/, '')

describe('languages', () => {
  test.each(LANGUAGES)('%s says everything that English says, with the same facts in it', (language) => {
    const texts = flat(textsOf(language))
    const keys = (from: Iterable<string>) => [...new Set([...from].map(singular))].toSorted()
    expect(keys(texts.keys())).toEqual(keys(english.keys()))
    for (const [key, text] of texts) {
      const facts = (of: string | undefined) => new Set(of?.match(/\{\{\w+\}\}/g))
      expect([key, facts(text)]).toEqual([key, facts(english.get(key) ?? english.get(`${singular(key)}_other`))])
    }
    expect(texts.get('time.days')?.split(',')).toHaveLength(7)
    expect(texts.get('time.months')?.split(',')).toHaveLength(12)
  })

  test('every text that a page asks for is there', () => {
    const known = new Set([...english.keys()].map(singular))
    const asked = globSync('**/*.{ts,tsx}', { cwd: here }).flatMap((file) =>
      [...readFileSync(join(here, file), 'utf8').matchAll(/\bt\(\s*'([a-zA-Z]+\.\w+)'/g)].map(([, key]) => key ?? ''),
    )
    expect(asked.length).toBeGreaterThan(50)
    expect(asked.filter((key) => !known.has(key))).toEqual([])
  })

  test('every way to pay and every reason why that failed has a name', () => {
    const failures = Object.keys(PaymentFailure).map((name) => `failure.${name}`)
    const names = [...METHODS.map((name) => `pay.${name}`), ...failures]
    expect(names.filter((name) => !english.has(name))).toEqual([])
  })

  test('a prefix is a language, and nothing else is', () => {
    expect(splitPath('/rw/search')).toEqual({ language: 'rw', rest: '/search' })
    expect(splitPath('/fr')).toEqual({ language: 'fr', rest: '/' })
    expect(splitPath('/rwanda')).toEqual({ language: 'en', rest: '/rwanda' })
    expect(splitPath('/en/search')).toEqual({ language: 'en', rest: '/en/search' })
  })
})

describe('phones', () => {
  test.each([
    ['0788 123 456', 'RW', '+250788123456'],
    ['788-123-456', 'RW', '+250788123456'],
    ['250788123456', 'RW', '+250788123456'],
    ['00250788123456', 'KE', '+250788123456'],
    ['+254 712 345678', 'RW', '+254712345678'],
    ['79 12 34 56', 'BI', '+25779123456'],
    ['0788 123 45', 'RW', undefined],
    ['hello', 'RW', undefined],
    ['', 'RW', undefined],
    ['+0788123456', 'RW', undefined],
  ])('%s in %s is %s', (typed, country, e164) => {
    expect(toE164(typed, country)).toBe(e164)
  })

  test('a number tells its operator, and is read in groups', () => {
    expect(['+250788123456', '+250728123456', '+254712345678', '+25779123456'].map(providerOf)).toEqual([
      'MTN',
      'AIRTEL',
      'MPESA',
      undefined,
    ])
    expect(formatPhone('+250788123456')).toBe('+250 788 123 456')
  })
})

describe('seats', () => {
  const bus = (states: Record<string, SeatState>) =>
    ['1A', '1B', '1C', '1D', '2A', '2B', '2C', '2D'].map((label, index) => {
      const column = index % 4
      const state = states[label] ?? SeatState.FREE
      return create(MapSeatSchema, {
        label,
        row: Math.floor(index / 4),
        column: column < 2 ? column : column + 1,
        state,
      })
    })

  test('a group sits together, and not on seats of others', () => {
    expect(together(bus({}), 2)).toEqual(['1A', '1B'])
    expect(together(bus({ '1B': SeatState.SOLD, '1C': SeatState.HELD }), 2)).toEqual(['2A', '2B'])
    expect(together(bus({ '1A': SeatState.SOLD }), 8)).toHaveLength(7)
  })

  test('in the place of a lost seat comes the nearest free one that is not chosen yet', () => {
    expect(nearestFree(bus({ '1A': SeatState.SOLD }), '1A', [])).toEqual(['1B'])
    expect(nearestFree(bus({ '1A': SeatState.SOLD }), '1A', ['1B'])).toEqual(['2A'])
    const full = bus(Object.fromEntries(bus({}).map(({ label }) => [label, SeatState.SOLD])))
    expect(nearestFree(full, '1A', [])).toEqual([])
  })

  test('an address names at most eight seats, each once, and no markup', () => {
    expect(seatsOf(new URLSearchParams('seats=1A,1A,<b>,2B'))).toEqual(['1A', '2B'])
    expect(
      seatsOf(new URLSearchParams(`seats=${Array.from({ length: 20 }, (_, i) => `${i}A`).join(',')}`)),
    ).toHaveLength(8)
  })
})

describe('filters', () => {
  const classOf = (seatClass: SeatClass, units: bigint, freeSeats = 5) => ({
    seatClass,
    freeSeats,
    price: { currencyCode: 'RWF', units },
  })
  const offerOf = (tripId: string, hours: number, ...classes: ReturnType<typeof classOf>[]) =>
    create(TripOfferSchema, { tripId, tenantId: tripId, origin: { timeSeconds: hours * 3_600 }, classes })
  const { STANDARD, VIP } = SeatClass
  const offers = [
    offerOf('early', 7, classOf(STANDARD, 3_000n), classOf(VIP, 5_000n)),
    offerOf('noon', 13, classOf(STANDARD, 4_000n), classOf(VIP, 4_500n, 0)),
    offerOf('late', 18, classOf(STANDARD, 3_500n, 0), classOf(VIP, 6_000n)),
  ]

  test.each([
    [{}, 'early noon late'],
    [{ upTo: '3000' }, 'early'],
    [{ upTo: '4000' }, 'early noon'],
    [{ seatClass: VIP, upTo: '4000' }, ''],
    [{ seatClass: VIP, upTo: '5000' }, 'early'],
    [{ seatClass: STANDARD }, 'early noon'],
    [{ time: 'evening' as const }, 'late'],
    [{ company: 'noon', time: 'afternoon' as const }, 'noon'],
  ])('%o leaves %s', (filter, left) => {
    const shown = offers.filter((offer) => fitting({ ...noFilter, ...filter }, offer))
    expect(shown.map(({ tripId }) => tripId).join(' ')).toBe(left)
  })

  test('as limits stand the prices that can be had, but for the highest', () => {
    expect(limitsOf(offers).map(({ units }) => units)).toEqual([3_000n, 4_000n, 5_000n])
    expect(limitsOf(offers.slice(1, 2))).toEqual([])
  })
})

describe('what stands on pages', () => {
  test.each([
    [{ currencyCode: 'RWF', units: 3_742n, nanos: 0 }, 'RWF 3,742'],
    [{ currencyCode: 'KES', units: 1_234_567n, nanos: 500_000_000 }, 'KES 1,234,567.50'],
    [{ currencyCode: 'RWF', units: 0n, nanos: 0 }, 'RWF 0'],
  ])('%o is read as %s', (money, text) => {
    expect(formatMoney({ $typeName: 'google.type.Money', ...money })).toBe(text)
  })

  test('a countdown ends at nothing, and a day is a day of the calendar', () => {
    expect([601, 59.9, 0, -5].map(formatCountdown)).toEqual(['10:01', '0:59', '0:00', '0:00'])
    expect(['2026-02-28', '2026-02-30', '26-1-1', ''].map(isDay)).toEqual([true, false, false, false])
  })

  test('text cannot leave its place in the markup', () => {
    expect(escaped(`"><script>'&`)).toBe('&quot;&gt;&lt;script&gt;&#39;&amp;')
    const told = jsonInHtml({ name: '</script><!--\u2028' })
    expect(told).not.toMatch(/[<>\u2028]/)
    expect(JSON.parse(told)).toEqual({ name: '</script><!--\u2028' })
  })

  test('an address that is no page says so', () => {
    expect(matchRoute('/search').route.name).toBe('search')
    expect(matchRoute('/pay/1').route.name).toBe('missing')
    expect(matchRoute('/trip/../x').route.name).toBe('missing')
  })
})
