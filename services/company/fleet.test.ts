import { expect } from 'vitest'
import { BusState } from '#gen/tms/company/v1/bus_pb.ts'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import { reasonOf } from '#kit'
import { placements } from '#kit/testing'
import company from './service.ts'
import { aBus, aCompany, aLine, aTrip, id, smallLayout } from './testing.ts'

const refusal = async (call: Promise<unknown>) =>
  call.then(
    () => 'none',
    (err: unknown) => reasonOf(err),
  )

placements(
  'a bus is entered with its seats, read back, listed and changed [S1-16] [S2-25]',
  [company],
  async (suite) => {
    const ikivu = await aCompany(suite)
    const { fleet } = ikivu
    const { busId, layoutId } = await aBus(ikivu)
    expect((await fleet.getBus({ busId })).bus).toMatchObject({ plate: 'RAC123A', layoutId, state: BusState.ACTIVE })
    const { layout } = await fleet.getSeatLayout({ layoutId })
    expect(layout?.seats.map(({ label }) => label)).toEqual(['1A', '1B', '2A', '2B'])
    expect(layout?.seats[0]?.seatClass).toBe(SeatClass.VIP)
    await fleet.updateBus({ busId, plate: 'RAD777Z', name: 'Seven', layoutId, state: BusState.IN_WORKSHOP })
    const { buses } = await fleet.listBuses({ state: BusState.IN_WORKSHOP })
    expect(buses.map(({ plate, name }) => [plate, name])).toEqual([['RAD777Z', 'Seven']])
    expect((await fleet.listBuses({ state: BusState.ACTIVE })).buses).toEqual([])
  },
)

placements('a fleet is listed page by page, each bus once', [company], async (suite) => {
  const ikivu = await aCompany(suite)
  const { layoutId } = await aBus(ikivu, 'RAA001A')
  for (const plate of ['RAA002A', 'RAA003A', 'RAA004A', 'RAA005A']) {
    await ikivu.fleet.createBus({ busId: id(), plate, layoutId })
  }
  const plates: string[] = []
  for (let pageToken = '', first = true; first || pageToken !== ''; first = false) {
    const page = await ikivu.fleet.listBuses({ pageSize: 2, pageToken })
    expect(page.buses.length).toBeLessThanOrEqual(2)
    plates.push(...page.buses.map(({ plate }) => plate))
    pageToken = page.nextPageToken
  }
  expect(plates).toEqual(['RAA001A', 'RAA002A', 'RAA003A', 'RAA004A', 'RAA005A'])
})

placements('two seats of one label or one place are refused', [company], async (suite) => {
  const { fleet } = await aCompany(suite)
  const [first, second] = smallLayout
  const sameLabel = [first!, { ...second!, label: '1A' }]
  const samePlace = [first!, { ...first!, label: '9Z' }]
  for (const seats of [sameLabel, samePlace]) {
    expect(await refusal(fleet.createSeatLayout({ layoutId: id(), name: 'Broken', seats }))).toBe('SEAT_DUPLICATE')
  }
})

placements(
  'a revised layout is a new version: buses get it, trips keep the seats they were sold with',
  [company],
  async (suite) => {
    const ikivu = await aCompany(suite)
    const { fleet, timetable } = ikivu
    const { busId, layoutId } = await aBus(ikivu)
    const trip = await aTrip(ikivu, await aLine(ikivu), { busId })
    const newLayoutId = id()
    const seats = smallLayout.map((seat) => ({ ...seat, seatClass: SeatClass.STANDARD }))
    const { layout } = await fleet.reviseSeatLayout({ layoutId, newLayoutId, name: 'Small four', seats })
    expect(layout).toMatchObject({ version: 2, replacedLayoutId: layoutId, current: true })
    expect((await fleet.getBus({ busId })).bus?.layoutId).toBe(newLayoutId)
    expect((await timetable.getTrip({ tripId: trip.tripId })).layout).toMatchObject({ layoutId, current: false })
    expect((await fleet.listSeatLayouts({})).layouts.map((one) => one.layoutId)).toEqual([newLayoutId])
    expect((await fleet.listSeatLayouts({ showReplaced: true })).layouts).toHaveLength(2)
    const again = { layoutId, newLayoutId: id(), name: 'Small four', seats }
    expect(await refusal(fleet.reviseSeatLayout(again))).toBe('LAYOUT_REPLACED')
    expect(await refusal(fleet.createBus({ busId: id(), plate: 'RAB222B', layoutId }))).toBe('LAYOUT_REPLACED')
  },
)

placements(
  'a plate belongs to one bus of a company, and another company may know the same plate',
  [company],
  async (suite) => {
    const ikivu = await aCompany(suite)
    const { layoutId, busId } = await aBus(ikivu)
    expect(await refusal(ikivu.fleet.createBus({ busId: id(), plate: 'RAC123A', layoutId }))).toBe('PLATE_TAKEN')
    expect(await refusal(ikivu.fleet.createBus({ busId, plate: 'RAC999A', layoutId }))).toBe('IDEMPOTENCY_KEY_REUSED')
    expect(await refusal(ikivu.fleet.getBus({ busId: id() }))).toBe('BUS_UNKNOWN')
    expect(await refusal(ikivu.fleet.getSeatLayout({ layoutId: id() }))).toBe('LAYOUT_UNKNOWN')
    await aBus(await aCompany(suite, { slug: 'umusambi' }))
  },
)
