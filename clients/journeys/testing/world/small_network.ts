import type { MessageInitShape } from '@bufbuild/protobuf'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import type { NetworkPartSchema } from '#gen/tms/company/v1/network_pb.ts'
import { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import { addDays, type Host, reasonOf, serviceDateOf } from '#kit'
import { setTimeout as sleep } from 'node:timers/promises'
import { id, phone } from './companies.ts'

/** One bus of eight seats from Kigali to Huye, every morning, for RWF 4,000. */
export async function smallCompany(host: Host): Promise<{ tenantId: string; serviceDate: string }> {
  const tenantId = id()
  const today = serviceDateOf(new Date(), 'Africa/Kigali')
  await host.clientAs('tenant', TenantService).createTenant({
    tenantId,
    slug: 'ikirezi',
    name: 'Ikirezi Coaches',
    country: 'RW',
    settings: { currency: 'RWF', timeZone: 'Africa/Kigali', languages: ['rw'] },
    manager: phone('+250788501101'),
  })
  const network = host.clientAs('tenant', NetworkService)
  const provision = () => network.provisionNetwork({ tenantId, network: smallNetwork(today), generateDayCount: 2 })
  await untilHeard(provision)
  return { tenantId, serviceDate: addDays(today, 1) }
}

type Network = MessageInitShape<typeof NetworkPartSchema>

function smallNetwork(today: string): Network {
  const [layoutKey, busKey, routeKey, patternKey, calendarKey] = ['eight', 'bus', 'south', 'out', 'daily']
  const seats = [...'ABCDEFGH'].map((letter, column) => ({
    label: `1${letter}`,
    seatClass: SeatClass.STANDARD,
    deck: 0,
    row: 0,
    column,
  }))
  const stops = [
    { key: 'kigali', name: 'Nyabugogo', town: 'Kigali', location: { latitudeDegrees: -1.94, longitudeDegrees: 30.04 } },
    { key: 'huye', name: 'Huye Gare', town: 'Huye', location: { latitudeDegrees: -2.6, longitudeDegrees: 29.74 } },
  ]
  const calls = [
    { stopKey: 'kigali', distanceMeters: 0, durationSeconds: 0 },
    { stopKey: 'huye', distanceMeters: 135_000, durationSeconds: 10_800 },
  ]
  return {
    layouts: [{ key: layoutKey, name: 'Eight', seats }],
    buses: [{ key: busKey, plate: 'RAD123K', layoutKey }],
    stops,
    routes: [{ key: routeKey, name: 'Kigali - Huye' }],
    patterns: [{ key: patternKey, routeKey, headsign: 'Huye', direction: 0, stops: calls }],
    fares: [
      {
        fromStopKey: 'kigali',
        toStopKey: 'huye',
        seatClass: SeatClass.STANDARD,
        price: { currencyCode: 'RWF', units: 4_000n },
        validFromDate: today,
      },
    ],
    calendars: [
      {
        key: calendarKey,
        name: 'Daily',
        days: { weekdays: [1, 2, 3, 4, 5, 6, 7], startDate: today, endDate: addDays(today, 30) },
      },
    ],
    schedules: [
      {
        key: 'morning',
        patternKey,
        calendarKey,
        departures: { startSeconds: 8 * 3_600 },
        calls: calls.map(({ durationSeconds }) => ({
          arrivalSeconds: durationSeconds,
          departureSeconds: durationSeconds,
        })),
        busKey,
      },
    ],
  }
}

const ATTEMPTS = 100

/** The company service hears of a new company by an event; until then it refuses to plan for it. */
async function untilHeard(provision: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await provision()
      return
    } catch (err) {
      if (reasonOf(err) !== 'COMPANY_UNKNOWN' || attempt === ATTEMPTS) throw err
      await sleep(50)
    }
  }
}
