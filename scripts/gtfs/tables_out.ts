import { CalendarExceptionType, type Schedule } from '#gen/tms/company/v1/schedule_pb.ts'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import { moneyFromProto, toDecimal } from '#kit'
import { decodePolyline } from './geometry.ts'
import { type Cell, tableOf } from './csv.ts'
import type { WholeNetwork } from './pages.ts'
import { exceptionsOf } from './seasons.ts'

/** Who publishes a feed. */
export type Publisher = {
  readonly slug: string
  readonly name: string
  readonly url: string
  readonly timeZone: string
  readonly language: string
  /** The day the fares are of, e.g. `2026-11-20`. */
  readonly today: string
}

/**
 * A company's network as the tables of a GTFS Schedule feed, by file name. Ids are the suite's own, which never change and
 * are those of the GTFS-Realtime feeds; a trip of the feed is a schedule.
 * Source: gtfs.org/documentation/schedule/reference, April 2026.
 */
export function tablesOf(whole: WholeNetwork, by: Publisher): Map<string, string> {
  const network = { ...whole, schedules: runnable(whole.schedules) }
  const tables: [string, string | undefined][] = [
    ['agency.txt', agencyTable(by)],
    ['stops.txt', stopsTable(network)],
    ['routes.txt', routesTable(network, by)],
    ['trips.txt', tripsTable(network)],
    ['stop_times.txt', stopTimesTable(network)],
    ['calendar.txt', calendarTable(network)],
    ['calendar_dates.txt', calendarDatesTable(network)],
    ['shapes.txt', shapesTable(network)],
    ['frequencies.txt', frequenciesTable(network)],
    ...fareTables(network, by),
    ['feed_info.txt', feedInfoTable(network, by)],
  ]
  return new Map(tables.filter((one): one is [string, string] => one[1] !== undefined))
}

/** Where departures are not known at all, times count from 00:00:00 (as city feeds do); beside known ones that would be a lie. */
function runnable(schedules: readonly Schedule[]): Schedule[] {
  const known = schedules.filter(({ departures }) => startOf(departures) !== undefined)
  return known.length === 0 ? [...schedules] : known
}

const startOf = (departures: Schedule['departures']) => departures?.startSeconds ?? departures?.windows[0]?.startSeconds

function agencyTable({ slug, name, url, timeZone, language }: Publisher) {
  return tableOf(
    ['agency_id', 'agency_name', 'agency_url', 'agency_timezone', 'agency_lang'],
    [[slug, name, url, timeZone, language]],
  )
}

/** A station that buses call at themselves is a stop as well as its parts are: then nothing is a part of it. */
function stopsTable({ stops, routes }: WholeNetwork) {
  const called = new Set(
    routes.flatMap(({ patterns }) => patterns.flatMap((one) => one.stops.map((stop) => stop.stopId))),
  )
  const stations = new Set(stops.map(({ parentStopId }) => parentStopId).filter((id) => id !== '' && !called.has(id)))
  return tableOf(
    ['stop_id', 'stop_code', 'stop_name', 'stop_lat', 'stop_lon', 'zone_id', 'location_type', 'parent_station'],
    stops.map(({ stopId, code, name, location, parentStopId }) => [
      stopId,
      code,
      name,
      location?.latitudeDegrees.toFixed(6),
      location?.longitudeDegrees.toFixed(6),
      stopId,
      stations.has(stopId) ? 1 : 0,
      stations.has(parentStopId) ? parentStopId : '',
    ]),
  )
}

const BUS = 3

function routesTable({ routes }: WholeNetwork, { slug }: Publisher) {
  return tableOf(
    ['route_id', 'agency_id', 'route_short_name', 'route_long_name', 'route_type'],
    routes.map(({ routeId, shortName, name }) => [routeId, slug, shortName, name, BUS]),
  )
}

const patternsOf = ({ routes }: WholeNetwork) =>
  new Map(routes.flatMap(({ patterns }) => patterns.map((pattern) => [pattern.patternId, pattern])))

function tripsTable(network: WholeNetwork) {
  const patterns = patternsOf(network)
  return tableOf(
    ['route_id', 'service_id', 'trip_id', 'trip_headsign', 'direction_id', 'shape_id'],
    network.schedules.map(({ routeId, calendarId, scheduleId, patternId, headsign }) => {
      const pattern = patterns.get(patternId)
      const shapeId = pattern?.pathPolyline ? patternId : ''
      return [routeId, calendarId, scheduleId, headsign || pattern?.headsign, pattern?.direction ?? 0, shapeId]
    }),
  )
}

const REGULAR = 0
const NONE = 1

function stopTimesTable(network: WholeNetwork) {
  const patterns = patternsOf(network)
  const rows = network.schedules.flatMap(({ scheduleId, patternId, departures, calls }) => {
    const start = startOf(departures) ?? 0
    return calls.map((call, sequence): Cell[] => [
      scheduleId,
      clockOf(start + call.arrivalSeconds),
      clockOf(start + call.departureSeconds),
      patterns.get(patternId)?.stops[sequence]?.stopId,
      sequence,
      call.pickupRefused ? NONE : REGULAR,
      call.dropOffRefused ? NONE : REGULAR,
      1,
    ])
  })
  const columns = ['trip_id', 'arrival_time', 'departure_time', 'stop_id', 'stop_sequence']
  return tableOf([...columns, 'pickup_type', 'drop_off_type', 'timepoint'], rows)
}

function clockOf(seconds: number): string {
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}

const day = (date: string) => date.replaceAll('-', '')
const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']

function calendarTable({ calendars }: WholeNetwork) {
  return tableOf(
    ['service_id', ...WEEKDAYS, 'start_date', 'end_date'],
    calendars.map(({ calendarId, days }) => [
      calendarId,
      ...WEEKDAYS.map((_, i) => (days?.weekdays.includes(i + 1) ? 1 : 0)),
      day(days?.startDate ?? ''),
      day(days?.endDate ?? ''),
    ]),
  )
}

function calendarDatesTable({ calendars }: WholeNetwork) {
  return tableOf(
    ['service_id', 'date', 'exception_type'],
    calendars.flatMap(({ calendarId, days }) =>
      (days ? exceptionsOf(days) : []).map(({ date, type }) => [
        calendarId,
        day(date),
        type === CalendarExceptionType.ADDED ? 1 : 2,
      ]),
    ),
  )
}

function shapesTable(network: WholeNetwork) {
  const used = new Set(network.schedules.map(({ patternId }) => patternId))
  const drawn = [...patternsOf(network).values()].filter((one) => used.has(one.patternId) && one.pathPolyline !== '')
  return tableOf(
    ['shape_id', 'shape_pt_lat', 'shape_pt_lon', 'shape_pt_sequence'],
    drawn.flatMap(({ patternId, pathPolyline }) =>
      decodePolyline(pathPolyline).map(({ latitudeDegrees, longitudeDegrees }, i) => [
        patternId,
        latitudeDegrees.toFixed(5),
        longitudeDegrees.toFixed(5),
        i,
      ]),
    ),
  )
}

/**
 * Trips are made for each departure of a window, so their times are exact. Beside windows a trip without one is a mere
 * template to many readers, ours included: a single departure is then written as a window of one.
 */
function frequenciesTable({ schedules }: WholeNetwork) {
  const isByHeadway = schedules.some(({ departures }) => (departures?.windows.length ?? 0) > 0)
  const single = (start: number | undefined) =>
    start === undefined || !isByHeadway ? [] : [{ startSeconds: start, endSeconds: start + 60, headwaySeconds: 60 }]
  return tableOf(
    ['trip_id', 'start_time', 'end_time', 'headway_secs', 'exact_times'],
    schedules.flatMap(({ scheduleId, departures }) =>
      [...(departures?.windows ?? []), ...single(departures?.startSeconds)].map(
        ({ startSeconds, endSeconds, headwaySeconds }) => [
          scheduleId,
          clockOf(startSeconds),
          clockOf(endSeconds),
          headwaySeconds,
          1,
        ],
      ),
    ),
  )
}

/** Fares of ordinary seats on the day, by pair of stops; every stop is a zone of its own. */
function fareTables({ fares }: WholeNetwork, { today }: Publisher): [string, string | undefined][] {
  const counting = fares
    .filter((one) => one.seatClass === SeatClass.STANDARD && one.price !== undefined)
    .filter(({ validFromDate, validToDate }) => validFromDate <= today && (validToDate === '' || validToDate >= today))
    .toSorted((a, b) => a.validFromDate.localeCompare(b.validFromDate))
  // Of one ride the fare that began last counts.
  const rides = new Map(counting.map((fare) => [`${fare.fromStopId} ${fare.toStopId}`, fare]))
  const prices = new Map<string, Cell[]>()
  const rules = [...rides.values()].map(({ fromStopId, toStopId, price }): Cell[] => {
    const money = moneyFromProto(price!)
    const fareId = `${money.currency}-${money.minor}`
    prices.set(fareId, [fareId, toDecimal(money), money.currency, 1, 0])
    return [fareId, fromStopId, toStopId]
  })
  const columns = ['fare_id', 'price', 'currency_type', 'payment_method', 'transfers']
  return [
    ['fare_attributes.txt', tableOf(columns, [...prices.values()])],
    ['fare_rules.txt', tableOf(['fare_id', 'origin_id', 'destination_id'], rules)],
  ]
}

function feedInfoTable({ calendars }: WholeNetwork, { name, url, language, today }: Publisher) {
  const ends = calendars.map(({ days }) => days?.endDate ?? '').toSorted()
  const starts = calendars.map(({ days }) => days?.startDate ?? '').toSorted()
  return tableOf(
    ['feed_publisher_name', 'feed_publisher_url', 'feed_lang', 'feed_start_date', 'feed_end_date', 'feed_version'],
    [[name, url, language, day(starts[0] ?? today), day(ends.at(-1) ?? today), day(today)]],
  )
}
