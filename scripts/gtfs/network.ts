import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import {
  type NetworkCalendarSchema,
  type NetworkFareSchema,
  type NetworkPart,
  NetworkPartSchema,
  type NetworkPatternSchema,
  type NetworkRouteSchema,
  type NetworkScheduleSchema,
  type NetworkStopSchema,
} from '#gen/tms/company/v1/network_pb.ts'
import { CalendarExceptionType } from '#gen/tms/company/v1/schedule_pb.ts'
import { formatGtfsTime, money, moneyToProto } from '#kit'
import { pricedRides } from './fares.ts'
import type { Feed, FeedCalendar, FeedRoute, FeedStop } from './feed.ts'
import { headsignOf, type FeedPattern, type Patterns, patternsOf } from './patterns.ts'
import type { Report } from './report.ts'
import { templateStart, timedTrips, type TimedTrip } from './timetable.ts'

type Part = MessageInitShape<typeof NetworkPartSchema>

/** A network to be written, and what became of the feed on the way. */
export type FeedNetwork = {
  readonly parts: readonly NetworkPart[]
  /** Entries of each kind. */
  readonly counts: Readonly<Record<'stops' | 'routes' | 'patterns' | 'calendars' | 'schedules' | 'fares', number>>
  readonly schedulesWithoutDepartures: number
}

/**
 * Turns a feed into a network: trips with the same stops become patterns, trips schedules, windows departures, fares
 * between zones prices between stops.
 *
 * @param currency the company's
 * @throws {FeedRefused} when times are missing or go back
 */
export function networkOf(feed: Feed, currency: string, report: Report): FeedNetwork {
  const trips = timedTrips(feed, report)
  report.refuseIfFaulty()
  const patterns = patternsOf(feed, trips, report)
  const stops = [...feed.stops.values()].map(stopEntry)
  const routes = [...feed.routes.values()].map(routeEntry)
  const calendars = [...feed.calendars.values()].map(calendarEntry)
  const fares = fareEntries(feed, patterns.patterns, currency, report)
  const schedules = scheduleEntries(feed, trips, patterns, report)
  noteUnused(feed, report)
  return {
    parts: inParts([
      ...stops.map((one) => ({ stops: [one] })),
      ...routes.map((one) => ({ routes: [one] })),
      ...patterns.patterns.map((one) => ({ patterns: [patternEntry(one, report)] })),
      ...fares.map((one) => ({ fares: [one] })),
      ...calendars.map((one) => ({ calendars: [one] })),
      ...schedules.map((one) => ({ schedules: [one] })),
    ]),
    counts: {
      stops: stops.length,
      routes: routes.length,
      patterns: patterns.patterns.length,
      calendars: calendars.length,
      schedules: schedules.length,
      fares: fares.length,
    },
    schedulesWithoutDepartures: schedules.filter(({ departures }) => departures === undefined).length,
  }
}

function stopEntry(stop: FeedStop): MessageInitShape<typeof NetworkStopSchema> {
  const { stopId, name, code, parentId, latitudeDegrees, longitudeDegrees } = stop
  const location = { latitudeDegrees, longitudeDegrees }
  return { key: stopId, name: name.slice(0, 200), code: code.slice(0, 50), location, parentKey: parentId }
}

function routeEntry({ routeId, shortName, longName }: FeedRoute): MessageInitShape<typeof NetworkRouteSchema> {
  return { key: routeId, name: longName || shortName, shortName }
}

/** Longest path that is kept: some 25,000 points. */
const LONGEST_PATH = 100_000

function patternEntry(pattern: FeedPattern, report: Report): MessageInitShape<typeof NetworkPatternSchema> {
  const { key, routeId, headsign, direction, stops } = pattern
  const pathPolyline = pattern.pathPolyline.length > LONGEST_PATH ? '' : pattern.pathPolyline
  if (pathPolyline !== pattern.pathPolyline) report.refused('shape of too many points', 'shapes.txt')
  return {
    key,
    routeKey: routeId,
    headsign,
    direction,
    pathPolyline,
    stops: stops.map(({ stopId, distanceMeters, durationSeconds }) => ({
      stopKey: stopId,
      distanceMeters,
      durationSeconds,
    })),
  }
}

function calendarEntry(calendar: FeedCalendar): MessageInitShape<typeof NetworkCalendarSchema> {
  const { serviceId, weekdays, startDate, endDate, addedDates, removedDates } = calendar
  const exceptions = [
    ...addedDates.map((date) => ({ date, type: CalendarExceptionType.ADDED })),
    ...removedDates.map((date) => ({ date, type: CalendarExceptionType.REMOVED })),
  ]
  const days = { weekdays: [...weekdays], startDate, endDate, exceptions }
  return { key: serviceId, name: serviceId, days }
}

/** Version 1 of the standard knows neither classes nor days: prices are for ordinary seats, from the feed's first day. */
function fareEntries(feed: Feed, patterns: readonly FeedPattern[], currency: string, report: Report) {
  const validFromDate = [...feed.calendars.values()].map(({ startDate }) => startDate).sort()[0] ?? ''
  return pricedRides(feed, patterns, currency, report).map(
    ({ fromStopId, toStopId, fare }): MessageInitShape<typeof NetworkFareSchema> => ({
      fromStopKey: fromStopId,
      toStopKey: toStopId,
      seatClass: SeatClass.STANDARD,
      price: moneyToProto(money(currency, fare.priceMinor)),
      validFromDate,
      source: `GTFS fare ${fare.fareId}`.slice(0, 300),
    }),
  )
}

function scheduleEntries(feed: Feed, trips: readonly TimedTrip[], patterns: Patterns, report: Report) {
  const template = templateStart(feed, trips)
  return trips.map((timed): MessageInitShape<typeof NetworkScheduleSchema> => {
    const { trip, calls } = timed
    const start = calls[0]!.departureSeconds
    if (calls[0]!.arrivalSeconds !== start) {
      report.mended('stay at the first stop before departure left away', 'stop_times.txt', calls[0]!.line)
    }
    return {
      key: trip.tripId,
      patternKey: patterns.keyOf(timed),
      calendarKey: trip.serviceId,
      headsign: headsignOf(feed, timed),
      departures: departuresOf(feed, timed, template, report),
      calls: calls.map((call) => ({
        arrivalSeconds: Math.max(0, call.arrivalSeconds - start),
        departureSeconds: call.departureSeconds - start,
        pickupRefused: call.pickupRefused,
        dropOffRefused: call.dropOffRefused,
      })),
      timeZone: feed.timeZone,
    }
  })
}

function departuresOf(feed: Feed, { trip, calls }: TimedTrip, template: number | undefined, report: Report) {
  const windows = feed.windows.get(trip.tripId)
  if (windows) {
    return {
      windows: windows.map(({ startSeconds, endSeconds, headwaySeconds }) => ({
        startSeconds,
        endSeconds,
        headwaySeconds,
      })),
    }
  }
  if (template === undefined) return { startSeconds: calls[0]!.departureSeconds }
  const why = `every trip of the feed starts at ${formatGtfsTime(template)} and this one has no frequency window`
  report.refused(`no departure times: no trips are generated (${why})`, 'trips.txt', trip.line)
  return undefined
}

function noteUnused(feed: Feed, report: Report): void {
  const called = new Set([...feed.calls.values()].flatMap((calls) => calls.map(({ stopId }) => stopId)))
  const unused = [...feed.stops.values()].filter(({ stopId }) => !called.has(stopId))
  if (unused.length > 0) {
    report.mended('stop that no trip calls at: taken all the same', 'stops.txt', unused[0]!.line, unused.length)
  }
  const drawn = new Set([...feed.trips.values()].map(({ shapeId }) => shapeId))
  const undrawn = [...feed.shapes.keys()].filter((shapeId) => !drawn.has(shapeId)).length
  if (undrawn > 0) report.refused('shape that no trip follows', 'shapes.txt', undefined, undrawn)
}

/** Size of a part: small enough for every proxy on the way, large enough for a feed to take few calls. */
const PART_BYTES = 200_000
/** Entries of a part; the contract allows a thousand of a kind. */
const PART_ENTRIES = 1000

/**
 * Joins entries, in their order, to parts of a good size.
 *
 * Encoded messages that are put together are the message with the lists of all (protobuf encoding, "Last One Wins").
 */
function inParts(entries: readonly Part[]): NetworkPart[] {
  const encoded = entries.map((entry) => toBinary(NetworkPartSchema, create(NetworkPartSchema, entry)))
  const parts: NetworkPart[] = []
  let [from, bytes] = [0, 0]
  for (const [i, { length }] of encoded.entries()) {
    bytes += length
    const goesOn = bytes < PART_BYTES && i + 1 - from < PART_ENTRIES && i + 1 < encoded.length
    if (goesOn) continue
    parts.push(fromBinary(NetworkPartSchema, Buffer.concat(encoded.slice(from, i + 1))))
    from = i + 1
    bytes = 0
  }
  return parts
}
