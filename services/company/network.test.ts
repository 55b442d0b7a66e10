import { expect } from 'vitest'
import { TripScheduledSchema } from '#gen/tms/company/v1/events_pb.ts'
import { FareState } from '#gen/tms/company/v1/fare_pb.ts'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import { reasonOf } from '#kit'
import { placements } from '#kit/testing'
import company from './service.ts'
import { aBus, aCompany, aLine, aTrip, id, setLineFares } from './testing.ts'

const refusal = async (call: Promise<unknown>) =>
  call.then(
    () => 'none',
    (err: unknown) => reasonOf(err),
  )

placements(
  'stops keep their place, their town and its other names, and are found by any of them [S1-18]',
  [company],
  async (suite) => {
    const ikivu = await aCompany(suite)
    const { stopIds } = await aLine(ikivu)
    const { stop } = await ikivu.network.getStop({ stopId: stopIds[3] })
    expect(stop).toMatchObject({ name: 'Huye', town: 'Huye', otherNames: ['Butare'] })
    expect(stop?.location).toMatchObject({ latitudeDegrees: -2.5967, longitudeDegrees: 29.7394 })
    const namesFor = async (query: string) => (await ikivu.network.listStops({ query })).stops.map(({ name }) => name)
    expect(await namesFor('BUTARÉ')).toEqual(['Huye'])
    expect(await namesFor('kigali')).toEqual(['Nyabugogo'])
    expect(await namesFor('%')).toEqual([])
    expect(await namesFor('')).toEqual(['Huye', 'Muhanga', 'Nyabugogo', 'Nyanza'])
    expect(await refusal(ikivu.network.getStop({ stopId: id() }))).toBe('STOP_UNKNOWN')
  },
)

placements(
  'a route is entered, read back with its stops in order, listed and changed [S1-17] [S2-26] [S2-83]',
  [company],
  async (suite) => {
    const ikivu = await aCompany(suite)
    const { routeId, patternId, stopIds, stops } = await aLine(ikivu)
    const { route } = await ikivu.network.getRoute({ routeId })
    const follower = suite.peer(NetworkService, 'tracking')
    const { pathPolyline } = await follower.getPattern({ tenantId: ikivu.tenantId, patternId })
    expect(pathPolyline).toBe(route?.patterns[0]?.pathPolyline)
    expect(await refusal(follower.getPattern({ tenantId: id(), patternId }))).toBe('PATTERN_UNKNOWN')
    expect(route?.patterns[0]?.stops.map(({ stopName }) => stopName)).toEqual([
      'Nyabugogo',
      'Muhanga',
      'Nyanza',
      'Huye',
    ])
    const back = {
      patternId: id(),
      headsign: 'Kigali',
      direction: 1,
      stops: [{ stopId: stopIds[3] }, { stopId: stopIds[0] }],
    }
    const patterns = [{ patternId, headsign: 'Huye', direction: 0, stops }, back]
    await ikivu.network.updateRoute({ routeId, name: 'Kigali - Huye', shortName: 'S1', patterns })
    const { routes } = await ikivu.network.listRoutes({ query: 'huye' })
    expect(routes.map(({ shortName, patterns: two }) => [shortName, two.length])).toEqual([['S1', 2]])
    expect((await ikivu.network.listRoutes({ stopId: stopIds[1] })).routes).toHaveLength(1)
    expect((await ikivu.network.listRoutes({ query: 'musanze' })).routes).toEqual([])
    expect(await refusal(ikivu.network.getRoute({ routeId: id() }))).toBe('ROUTE_UNKNOWN')
  },
)

placements(
  'a route A-B-C-D yields its legs, each with distance, time and price [S2-27] [S2-84]',
  [company],
  async (suite) => {
    const ikivu = await aCompany(suite)
    const line = await aLine(ikivu)
    const fares = await setLineFares(ikivu, line)
    const { route } = await ikivu.network.getRoute({ routeId: line.routeId })
    expect(
      route?.patterns[0]?.segments.map((leg) => [leg.fromSequence, leg.distanceMeters, leg.durationSeconds]),
    ).toEqual([
      [0, 48_000, 4200],
      [1, 40_000, 3000],
      [2, 47_000, 3600],
    ])
    const { entries } = await ikivu.network.getFareTable({ patternId: line.patternId, serviceDate: '2026-11-21' })
    const standard = entries.filter(({ seatClass }) => seatClass === SeatClass.STANDARD)
    expect(standard.map((entry) => [entry.fromSequence, entry.toSequence, entry.price?.units])).toEqual([
      [0, 1, 1000n],
      [0, 2, 1001n],
      [0, 3, 1002n],
      [1, 2, 1010n],
      [1, 3, 1011n],
      [2, 3, 1020n],
    ])
    expect(entries.filter(({ seatClass, price }) => seatClass === SeatClass.VIP && price)).toEqual([])
    expect(fares).toHaveLength(6)
  },
)

placements(
  'stops of a pattern do not change under its schedules; distance and time never run backwards',
  [company],
  async (suite) => {
    const ikivu = await aCompany(suite)
    const line = await aLine(ikivu)
    await aTrip(ikivu, line)
    const other = { patternId: line.patternId, headsign: 'Huye', stops: [line.stops[0]!, line.stops[3]!] }
    const update = { routeId: line.routeId, name: 'Kigali - Huye', patterns: [other] }
    expect(await refusal(ikivu.network.updateRoute(update))).toBe('PATTERN_IN_USE')
    const backwards = { patternId: id(), headsign: 'Huye', stops: [line.stops[0]!, line.stops[3]!, line.stops[1]!] }
    const broken = { routeId: id(), name: 'Zigzag', patterns: [backwards] }
    expect(await refusal(ikivu.network.createRoute(broken))).toBe('PATTERN_INVALID')
    const foreign = { patternId: id(), headsign: 'X', stops: [line.stops[0]!, { stopId: id() }] }
    expect(await refusal(ikivu.network.createRoute({ ...broken, routeId: id(), patterns: [foreign] }))).toBe(
      'STOP_UNKNOWN',
    )
  },
)

placements(
  'an announced fare takes over on its day, and the former one comes back when it is withdrawn',
  [company],
  async (suite) => {
    const ikivu = await aCompany(suite)
    const line = await aLine(ikivu)
    await setLineFares(ikivu, line)
    const announced = await setLineFares(ikivu, line, '2026-12-01', 2000n)
    const priceOn = async (serviceDate: string) => {
      const { entries } = await ikivu.network.getFareTable({ patternId: line.patternId, serviceDate })
      return entries[0]?.price?.units
    }
    expect([await priceOn('2024-03-15'), await priceOn('2026-11-30'), await priceOn('2026-12-01')]).toEqual([
      undefined,
      1000n,
      2000n,
    ])
    await ikivu.network.withdrawFares({ fareIds: announced.map(({ fareId }) => fareId) })
    expect(await priceOn('2026-12-01')).toBe(1000n)
    const { fares } = await ikivu.network.listFares({ fromStopId: line.stopIds[0], state: FareState.WITHDRAWN })
    expect(fares).toHaveLength(3)
    expect(await refusal(ikivu.network.withdrawFares({ fareIds: [id()] }))).toBe('FARE_UNKNOWN')
  },
)

placements(
  'fares that cannot be are refused: another currency, half a franc, nothing, the same day twice',
  [company],
  async (suite) => {
    const ikivu = await aCompany(suite)
    const { stopIds } = await aLine(ikivu)
    const fare = {
      fareId: id(),
      fromStopId: stopIds[0],
      toStopId: stopIds[1],
      seatClass: SeatClass.STANDARD,
      price: { currencyCode: 'RWF', units: 1000n, nanos: 0 },
      validFromDate: '2026-01-01',
      validToDate: '',
    }
    const set = (change: object) =>
      refusal(ikivu.network.setFares({ idempotencyKey: id(), fares: [{ ...fare, fareId: id(), ...change }] }))
    expect(await set({ price: { currencyCode: 'KES', units: 10n, nanos: 0 } })).toBe('CURRENCY_MISMATCH')
    expect(await set({ price: { currencyCode: 'RWF', units: 10n, nanos: 500_000_000 } })).toBe('FARE_INVALID')
    expect(await set({ price: { currencyCode: 'RWF', units: 0n, nanos: 0 } })).toBe('FARE_INVALID')
    expect(await set({ toStopId: stopIds[0] })).toBe('FARE_INVALID')
    expect(await set({ validToDate: '2025-01-01' })).toBe('FARE_INVALID')
    expect(await set({ validFromDate: '2026-02-31' })).toBe('DATE_INVALID')
    expect(await set({ toStopId: id() })).toBe('STOP_UNKNOWN')
    expect(await set({})).toBe('none')
    expect(await set({})).toBe('FARE_DUPLICATE')
  },
)

placements(
  'sellers are told again, with a higher revision, when a fare or a stop of a trip changes',
  [company],
  async (suite) => {
    const ikivu = await aCompany(suite)
    const line = await aLine(ikivu)
    const { busId } = await aBus(ikivu)
    await aTrip(ikivu, line, { busId })
    await setLineFares(ikivu, line)
    const [stopId] = line.stopIds
    const location = { latitudeDegrees: -1.9, longitudeDegrees: 30 }
    await ikivu.network.updateStop({ stopId, name: 'Nyabugogo Bus Park', town: 'Kigali', location })
    const told = await suite.published(TripScheduledSchema)
    expect(told[0]).toMatchObject({ trip: { revision: 1n }, fares: [] })
    expect(told[1]).toMatchObject({ trip: { revision: 2n } })
    expect(told[1]?.fares).toHaveLength(6)
    expect(told.at(-1)?.trip?.calls[0]?.stopName).toBe('Nyabugogo Bus Park')
  },
)
