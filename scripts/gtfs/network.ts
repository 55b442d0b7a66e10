import type { MessageInitShape } from '@bufbuild/protobuf'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import type {
  NetworkCalendarSchema,
  NetworkFareSchema,
  NetworkPartSchema,
  NetworkPatternSchema,
  NetworkRouteSchema,
  NetworkScheduleSchema,
  NetworkStopSchema,
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
  readonly parts: readonly Part[]
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
    parts: [
      ...sliced(stops, 500).map((slice) => ({ stops: slice })),
      ...sliced(routes, 500).map((slice) => ({ routes: slice })),
      ...sliced(patterns.patterns.map(patternEntry), 50).map((slice) => ({ patterns: slice })),
      ...sliced(fares, 1000).map((slice) => ({ fares: slice })),
      ...sliced(calendars, 100).map((slice) => ({ calendars: slice })),
      ...sliced(schedules, 200).map((slice) => ({ schedules: slice })),
    ],
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

function patternEntry(pattern: FeedPattern): MessageInitShape<typeof NetworkPatternSchema> {
  const { key, routeId, headsign, direction, pathPolyline, stops } = pattern
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

function sliced<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))
}
