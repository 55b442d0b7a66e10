import { create, type MessageInitShape } from '@bufbuild/protobuf'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import {
  type NetworkFareSchema,
  type NetworkPart,
  NetworkPartSchema,
  type NetworkPatternSchema,
  type NetworkScheduleSchema,
} from '#gen/tms/company/v1/network_pb.ts'
import { addDays, haversineMeters, parseGtfsTime } from '../../services/kit/values/index.ts'
import type { DemoCompany } from './companies.ts'
import { kinds, seatsOf } from './layouts.ts'
import { FARE_FROM_DATE, FARE_SOURCE, type Line, type LineKey, lines } from './lines.ts'
import { type PlaceKey, places } from './places.ts'

/** Roads wind: the crow's way from stop to stop, times this. Chosen so that Kigali - Huye is about 135 km. */
const ROAD_FACTOR = 1.43
const KM_PER_HOUR = 45
const WAIT_SECONDS = 300
/** Between arrival and the way back. */
const TURN_SECONDS = 3_600
/** VIP costs half as much again: the demo's own rule. */
const VIP_FACTOR = 1.5
const CALENDAR = 'every-day'
const CALENDAR_DAYS = 366

type Stretch = { readonly line: Line; readonly stops: readonly PlaceKey[]; readonly meters: readonly number[] }

/** A company's whole network, from `today` on: layouts, buses, stops, routes, fares and schedules. */
export function networkOf(company: DemoCompany, today: string): NetworkPart {
  const served = Object.entries(company.departures) as [LineKey, readonly string[]][]
  const stretches = served.flatMap(([key]) => bothWays(lines[key]))
  const stops = [...new Set(stretches.flatMap((stretch) => stretch.stops))]
  const runs = served.flatMap(([key, departures]) => runsOf(lines[key], departures))
  return create(NetworkPartSchema, {
    layouts: [{ key: company.layout, name: kinds[company.layout].name, seats: seatsOf(kinds[company.layout]) }],
    buses: busKeys(runs).map((key, index) => ({
      key,
      plate: `${company.platePrefix}${String(index + 1).padStart(2, '0')}A`,
      name: `${kinds[company.layout].name} ${index + 1}`,
      layoutKey: company.layout,
    })),
    stops: stops.map(stopOf),
    routes: served.map(([key]) => ({ key: lines[key].key, name: lines[key].name, shortName: '' })),
    patterns: stretches.map(patternOf),
    fares: faresOf(stretches),
    calendars: [
      {
        key: CALENDAR,
        name: 'Every day',
        days: { weekdays: [1, 2, 3, 4, 5, 6, 7], startDate: today, endDate: addDays(today, CALENDAR_DAYS) },
      },
    ],
    schedules: runs.map((run) => scheduleOf(company, run)),
  })
}

function stopOf(key: PlaceKey) {
  const { stop, town, otherNames, location } = places[key]
  return { key, name: stop, town, otherNames: [...otherNames], location }
}

function bothWays(line: Line): [Stretch, Stretch] {
  return [stretchOf(line, line.stops), stretchOf(line, line.stops.toReversed())]
}

function stretchOf(line: Line, stops: readonly PlaceKey[]): Stretch {
  let driven = 0
  const meters = stops.map((key, index) => {
    const before = stops[index - 1]
    if (before !== undefined) driven += roadMeters(before, key)
    return driven
  })
  return { line, stops, meters }
}

function roadMeters(from: PlaceKey, to: PlaceKey): number {
  return Math.round(haversineMeters(places[from].location, places[to].location) * ROAD_FACTOR)
}

const patternKey = ({ line, stops }: Stretch) => `${line.key}:${stops[0] ?? ''}`
const headsignOf = ({ stops }: Stretch) => places[stops.at(-1) ?? 'nyabugogo'].town
const drivingSeconds = (meters: number) => Math.round(meters / ((KM_PER_HOUR * 1_000) / 3_600) / 60) * 60

function patternOf(stretch: Stretch): MessageInitShape<typeof NetworkPatternSchema> {
  return {
    key: patternKey(stretch),
    routeKey: stretch.line.key,
    headsign: headsignOf(stretch),
    direction: stretch.stops[0] === 'nyabugogo' ? 0 : 1,
    stops: stretch.stops.map((stopKey, index) => ({
      stopKey,
      distanceMeters: stretch.meters[index] ?? 0,
      durationSeconds: drivingSeconds(stretch.meters[index] ?? 0),
    })),
  }
}

/** Calls counted from departure: driving, and five minutes at every stop on the way. */
function callsOf({ meters }: Stretch) {
  return meters.map((driven, index) => {
    const waited = Math.max(0, index - 1) * WAIT_SECONDS
    const arrivalSeconds = drivingSeconds(driven) + waited
    const stays = index > 0 && index < meters.length - 1
    return { arrivalSeconds, departureSeconds: arrivalSeconds + (stays ? WAIT_SECONDS : 0) }
  })
}

/** Fares of every pair of stops in the order of the way, both classes; a pair of several lines is priced once. */
function faresOf(stretches: readonly Stretch[]): MessageInitShape<typeof NetworkFareSchema>[] {
  const priced = new Map<string, MessageInitShape<typeof NetworkFareSchema>>()
  for (const stretch of stretches) {
    for (const [from, fromStop] of stretch.stops.entries()) {
      for (const [to, toStop] of stretch.stops.entries()) {
        if (from >= to || priced.has(`${fromStop}:${toStop}:${SeatClass.STANDARD}`)) continue
        for (const fare of pairFares(stretch, from, to)) priced.set(`${fromStop}:${toStop}:${fare.seatClass}`, fare)
      }
    }
  }
  return [...priced.values()]
}

function pairFares({ line, stops, meters }: Stretch, from: number, to: number) {
  const whole = from === 0 && to === stops.length - 1
  const share = ((meters[to] ?? 0) - (meters[from] ?? 0)) / (meters.at(-1) ?? 1)
  const standard = whole ? line.publishedFare : Math.round(line.publishedFare * share)
  const source = whole ? FARE_SOURCE : `share by distance of: ${FARE_SOURCE}`
  const fare = (seatClass: SeatClass, units: number, from_: string) => ({
    fromStopKey: stops[from] ?? '',
    toStopKey: stops[to] ?? '',
    seatClass,
    price: { currencyCode: 'RWF', units: BigInt(units), nanos: 0 },
    validFromDate: FARE_FROM_DATE,
    source: from_,
  })
  return [
    fare(SeatClass.STANDARD, standard, source),
    fare(SeatClass.VIP, Math.round(standard * VIP_FACTOR), `demo: VIP is half as much again; ${source}`),
  ]
}

/** One departure a day, out or back; both ways of a round trip share a bus. */
type Run = { readonly stretch: Stretch; readonly startSeconds: number; readonly busKey: string }

function runsOf(line: Line, departures: readonly string[]): Run[] {
  const [out, back] = bothWays(line)
  const duration = callsOf(out).at(-1)?.arrivalSeconds ?? 0
  return departures.flatMap((time) => {
    const startSeconds = parseGtfsTime(`${time}:00`)
    const busKey = `${line.key}@${time}`
    return [
      { stretch: out, startSeconds, busKey },
      { stretch: back, startSeconds: startSeconds + duration + TURN_SECONDS, busKey },
    ]
  })
}

function busKeys(runs: readonly Run[]): string[] {
  return [...new Set(runs.map((run) => run.busKey))]
}

function scheduleOf(company: DemoCompany, run: Run): MessageInitShape<typeof NetworkScheduleSchema> {
  return {
    key: `${run.busKey}:${patternKey(run.stretch)}`,
    patternKey: patternKey(run.stretch),
    calendarKey: CALENDAR,
    headsign: headsignOf(run.stretch),
    departures: { startSeconds: run.startSeconds, windows: [] },
    calls: callsOf(run.stretch),
    busKey: run.busKey,
    layoutKey: company.layout,
    timeZone: 'Africa/Kigali',
  }
}
