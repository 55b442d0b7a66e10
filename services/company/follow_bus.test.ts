import { expect } from 'vitest'
import { TripState } from '#gen/tms/company/v1/trip_pb.ts'
import { VehicleArrivedSchema, VehicleDepartedSchema } from '#gen/tms/tracking/v1/events_pb.ts'
import { placements } from '#kit/testing'
import company from './service.ts'
import { nameOf } from './wire/names.ts'
import { aBus, aCompany, aLine, aTrip, id } from './testing.ts'

placements(
  'a trip follows its bus: it departs when the bus leaves the first stop after boarding, and arrives with it at the last',
  [company],
  async (suite) => {
    const ikivu = await aCompany(suite)
    const line = await aLine(ikivu)
    const { busId } = await aBus(ikivu)
    const { tripId } = await aTrip(ikivu, line, { busId })
    const { tenantId, timetable } = ikivu
    const event = (stopSequence: number, isLast = false) => ({
      tenantId,
      sighting: { busId, tripId },
      stopId: line.stopIds[0],
      stopSequence,
      isLast,
    })
    const stateAfter = async (work: Promise<unknown>) => {
      await work
      await suite.settle()
      return nameOf(TripState, (await timetable.getTrip({ tripId })).trip?.state ?? 0)
    }
    // Before boarding the bus may come and go: it is washed, it takes fuel.
    expect(await stateAfter(suite.publish(VehicleDepartedSchema, busId, event(0)))).toBe('SCHEDULED')
    expect(await stateAfter(suite.publish(VehicleArrivedSchema, busId, event(3, true)))).toBe('SCHEDULED')
    await timetable.changeTripState({ tripId, state: TripState.BOARDING })
    expect(await stateAfter(suite.publish(VehicleDepartedSchema, busId, event(1)))).toBe('BOARDING')
    expect(await stateAfter(suite.publish(VehicleDepartedSchema, busId, event(0)))).toBe('DEPARTED')
    expect(await stateAfter(suite.publish(VehicleArrivedSchema, busId, event(2)))).toBe('DEPARTED')
    expect(await stateAfter(suite.publish(VehicleArrivedSchema, busId, event(3, true)))).toBe('ARRIVED')
    // Another company's word, or no trip at all, moves nothing.
    const stranger = { ...event(0), tenantId: id() }
    expect(await stateAfter(suite.publish(VehicleDepartedSchema, busId, stranger))).toBe('ARRIVED')
    const none = { ...event(0), sighting: { busId, tripId: '' } }
    expect(await stateAfter(suite.publish(VehicleDepartedSchema, busId, none))).toBe('ARRIVED')
  },
  { placements: ['memory'] },
)
