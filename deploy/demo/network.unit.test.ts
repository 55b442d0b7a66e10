import { describe, expect, test } from 'vitest'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import { NetworkPartSchema } from '#gen/tms/company/v1/network_pb.ts'
import { createValidator } from '@bufbuild/protovalidate'
import { companies } from './companies.ts'
import { FARE_SOURCE, lines } from './lines.ts'
import { networkOf } from './network.ts'

const TODAY = '2026-11-20'
const networks = companies.map((company) => ({ name: company.slug, network: networkOf(company, TODAY) }))

describe.each(networks)('the demo network of $name', ({ network }) => {
  test('fits the contract', () => {
    expect(createValidator().validate(NetworkPartSchema, network).kind).toBe('valid')
  })

  test('asks the published fare for a whole line, to the franc, and says of every other how it came about', () => {
    const served = Object.values(lines).filter(({ key }) => network.routes.some((route) => route.key === key))
    for (const { stops, publishedFare } of served) {
      for (const ends of [stops, stops.toReversed()]) {
        const whole = network.fares.find(
          ({ fromStopKey, toStopKey, seatClass }) =>
            fromStopKey === ends[0] && toStopKey === ends.at(-1) && seatClass === SeatClass.STANDARD,
        )
        expect(whole).toMatchObject({ price: { units: BigInt(publishedFare) }, source: FARE_SOURCE })
      }
    }
    for (const { source } of network.fares) expect(source).toContain(FARE_SOURCE)
  })

  test('prices every ride of every pattern in both classes, a longer one never below a shorter one', () => {
    const price = new Map(
      network.fares.map((fare) => [`${fare.fromStopKey} ${fare.toStopKey} ${fare.seatClass}`, fare.price!.units]),
    )
    for (const { stops } of network.patterns) {
      for (let from = 0; from < stops.length; from++) {
        for (const seatClass of [SeatClass.STANDARD, SeatClass.VIP]) {
          const units = stops
            .slice(from + 1)
            .map(({ stopKey }) => price.get(`${stops[from]!.stopKey} ${stopKey} ${seatClass}`)!)
          expect(units).not.toContain(undefined)
          expect(units).toEqual([...units].sort((a, b) => Number(a - b)))
        }
      }
    }
  })

  test('has seats painted once, one VIP row at least, and 29 or 49 of them', () => {
    for (const { seats } of network.layouts) {
      expect([29, 49]).toContain(seats.length)
      expect(new Set(seats.map(({ label }) => label)).size).toBe(seats.length)
      expect(seats.filter(({ seatClass }) => seatClass === SeatClass.VIP).length).toBeGreaterThanOrEqual(4)
    }
  })
})
