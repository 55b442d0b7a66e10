import { create, type MessageInitShape } from '@bufbuild/protobuf'
import { expect } from 'vitest'
import { TripScheduledSchema } from '#gen/tms/company/v1/events_pb.ts'
import { FareState } from '#gen/tms/company/v1/fare_pb.ts'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import { type NetworkPart, NetworkPartSchema } from '#gen/tms/company/v1/network_pb.ts'
import { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import { metadataOf, reasonOf } from '#kit'
import { placements } from '#kit/testing'
import company from './service.ts'
import { aCompany, type Company, id, smallLayout } from './testing.ts'

type Part = MessageInitShape<typeof NetworkPartSchema>

const places = ['kigali', 'muhanga', 'huye']
const price = (units: number) => ({ currencyCode: 'RWF', units: BigInt(units), nanos: 0 })

/** A line of three stops with a bus, one schedule and a fare. */
function aNetwork(fare = 3742): NetworkPart {
  return create(NetworkPartSchema, {
    layouts: [{ key: 'small', name: 'Small four', seats: smallLayout }],
    buses: [{ key: 'b1', plate: 'RAC123A', layoutKey: 'small' }],
    stops: places.map((key, i) => ({
      key,
      name: key,
      location: { latitudeDegrees: -2 - i / 10, longitudeDegrees: 30 },
    })),
    routes: [{ key: 'r1', name: 'Kigali - Huye' }],
    patterns: [
      {
        key: 'p1',
        routeKey: 'r1',
        headsign: 'Huye',
        stops: places.map((stopKey, i) => ({ stopKey, distanceMeters: i * 50_000, durationSeconds: i * 3600 })),
      },
    ],
    fares: [
      {
        fromStopKey: 'kigali',
        toStopKey: 'huye',
        seatClass: SeatClass.STANDARD,
        price: price(fare),
        validFromDate: '2024-03-16',
      },
    ],
    calendars: [
      {
        key: 'c1',
        name: 'Every day',
        days: { weekdays: [1, 2, 3, 4, 5, 6, 7], startDate: '2026-01-01', endDate: '2027-12-31' },
      },
    ],
    schedules: [
      {
        key: 's1',
        patternKey: 'p1',
        calendarKey: 'c1',
        departures: { startSeconds: 8 * 3600 },
        calls: places.map((_, i) => ({ arrivalSeconds: i * 3600, departureSeconds: i * 3600 })),
        busKey: 'b1',
      },
    ],
  })
}

async function importParts({ network }: Company, parts: readonly Part[]) {
  const importId = id()
  await network.startImport({ importId, source: 'test.zip' })
  for (const [partNumber, part] of parts.entries()) await network.uploadImportPart({ importId, partNumber, part })
  return network.applyImport({ importId, partCount: parts.length })
}

const refused = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (err: unknown) => err,
  )
const totals = (changes: readonly { createdCount: number; updatedCount: number; unchangedCount: number }[]) => [
  changes.reduce((sum, one) => sum + one.createdCount, 0),
  changes.reduce((sum, one) => sum + one.updatedCount, 0),
  changes.reduce((sum, one) => sum + one.unchangedCount, 0),
]

placements(
  'a network comes in parts, is written at once, and written again changes nothing',
  [company],
  async (suite) => {
    const ikivu = await aCompany(suite)
    const { stops, routes, patterns, fares, calendars, schedules, layouts, buses } = aNetwork()
    const parts = [{ stops }, { layouts, buses, routes }, { patterns, fares }, { calendars, schedules }]
    expect(totals((await importParts(ikivu, parts)).changes)).toEqual([10, 0, 0])
    expect(totals((await importParts(ikivu, parts)).changes)).toEqual([0, 0, 10])
    await ikivu.timetable.generateTrips({ fromDate: '2026-11-21', dayCount: 1 })
    const [told] = await suite.published(TripScheduledSchema)
    expect(told).toMatchObject({
      trip: { routeName: 'Kigali - Huye', busPlate: 'RAC123A' },
      fares: [{ price: { units: 3742n } }],
    })
  },
)

placements(
  'what differs is changed: a new price replaces the old one and sellers are told; what a manager withdrew stays so',
  [company],
  async (suite) => {
    const ikivu = await aCompany(suite)
    await importParts(ikivu, [aNetwork()])
    await ikivu.timetable.generateTrips({ fromDate: '2026-11-21', dayCount: 1 })
    const { changes } = await importParts(ikivu, [aNetwork(4000)])
    expect(changes.find(({ kind }) => kind === 'fares')).toMatchObject({ createdCount: 0, updatedCount: 1 })
    const told = await suite.published(TripScheduledSchema)
    expect(told.map(({ trip, fares }) => [trip?.revision, fares[0]?.price?.units])).toEqual([
      [1n, 3742n],
      [2n, 4000n],
    ])
    const { fares } = await ikivu.network.listFares({ state: FareState.ACTIVE })
    await ikivu.network.withdrawFares({ fareIds: fares.map(({ fareId }) => fareId) })
    expect(totals((await importParts(ikivu, [aNetwork(4000)])).changes)).toEqual([0, 0, 10])
    expect((await ikivu.network.listFares({ state: FareState.ACTIVE })).fares).toEqual([])
  },
)

placements(
  'an entry that points at nothing, comes twice or breaks a rule refuses the whole network: the company is as before',
  [company],
  async (suite) => {
    const ikivu = await aCompany(suite)
    const broken: [(part: NetworkPart) => void, string][] = [
      [({ patterns }) => (patterns[0]!.routeKey = 'gone'), 'p1'],
      [({ schedules }) => (schedules[0]!.busKey = 'gone'), 's1'],
      [({ stops }) => stops.push(stops[0]!), 'kigali'],
      [({ stops }) => (stops[0]!.parentKey = 'gone'), 'gone'],
      [({ schedules }) => schedules[0]!.calls.pop(), 's1'],
      [({ schedules }) => (schedules[0]!.timeZone = 'Africa/Atlantis'), 's1'],
      [({ calendars }) => (calendars[0]!.days!.startDate = '2026-02-30'), 'c1'],
      [({ layouts }) => layouts[0]!.seats.push(layouts[0]!.seats[0]!), 'small'],
    ]
    for (const [breakIt, key] of broken) {
      const part = aNetwork()
      breakIt(part)
      const err = await refused(importParts(ikivu, [part]))
      expect([reasonOf(err), metadataOf(err)['key']]).toEqual(['IMPORT_INVALID', key])
    }
    const shillings = aNetwork()
    shillings.fares[0]!.price!.currencyCode = 'KES'
    expect(reasonOf(await refused(importParts(ikivu, [shillings])))).toBe('CURRENCY_MISMATCH')
    const sql = suite.sql('company')
    for (const table of ['seat_layout', 'bus', 'stop', 'route', 'pattern', 'fare', 'calendar', 'schedule']) {
      expect([table, (await sql`select count(*)::int as n from ${sql(table)}`)[0]?.['n']]).toEqual([table, 0])
    }
  },
)

placements(
  'an import that lacks a part, was applied, or is gone is refused; one never applied is dropped within a day',
  [company],
  async (suite) => {
    const ikivu = await aCompany(suite)
    const { network } = ikivu
    const importId = id()
    await network.startImport({ importId, source: 'test.zip' })
    await network.uploadImportPart({ importId, partNumber: 1, part: aNetwork() })
    const apply = { importId, partCount: 2 }
    expect(reasonOf(await refused(network.applyImport(apply)))).toBe('IMPORT_INCOMPLETE')
    await network.uploadImportPart({ importId, partNumber: 0, part: {} })
    await network.applyImport(apply)
    expect(reasonOf(await refused(network.uploadImportPart({ importId, partNumber: 2, part: {} })))).toBe(
      'IMPORT_APPLIED',
    )
    expect(reasonOf(await refused(network.dropImport({ importId })))).toBe('IMPORT_APPLIED')
    const dropped = id()
    await network.startImport({ importId: dropped, source: 'test.zip' })
    await network.dropImport({ importId: dropped })
    expect(reasonOf(await refused(network.applyImport({ importId: dropped, partCount: 1 })))).toBe('IMPORT_UNKNOWN')
    expect(reasonOf(await refused(network.dropImport({ importId: id() })))).toBe('IMPORT_UNKNOWN')
    await network.startImport({ importId: id(), source: 'test.zip' })
    await suite.advance({ hours: 25 })
    const left = await suite.sql('company')`select apply_time is not null as applied from network_import`
    expect(left).toEqual([{ applied: true }])
  },
)

placements(
  'a set-up writes a network for a company and makes its first trips; only services may',
  [company],
  async (suite) => {
    const { tenantId, network, timetable } = await aCompany(suite)
    const set = { tenantId, network: aNetwork(), generateDayCount: 3 }
    const { changes } = await suite.peer(NetworkService, 'demo').provisionNetwork(set)
    expect(totals(changes)).toEqual([0, 0, 10]) // the repeat answers: it found all there
    expect((await timetable.listTrips({})).trips).toHaveLength(3)
    expect(reasonOf(await refused(network.provisionNetwork(set)))).toBe('AUDIENCE_MISMATCH')
  },
)
