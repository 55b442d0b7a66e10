import type { FrequencyWindow } from '#gen/tms/company/v1/schedule_pb.ts'

/** A GTFS Schedule feed as far as it is taken. Source: gtfs.org/documentation/schedule/reference, April 2026. */

/** A place: stop or station. */
export type FeedStop = {
  readonly line: number
  readonly stopId: string
  readonly code: string
  readonly name: string
  readonly latitudeDegrees: number
  readonly longitudeDegrees: number
  readonly zoneId: string
  readonly parentId: string
}

/** A line of the network. */
export type FeedRoute = { readonly routeId: string; readonly shortName: string; readonly longName: string }

/** The dates of a service. */
export type FeedCalendar = {
  readonly serviceId: string
  /** ISO 8601: Monday is 1. */
  weekdays: readonly number[]
  startDate: string
  endDate: string
  readonly addedDates: string[]
  readonly removedDates: string[]
}

/** A trip of the timetable. */
export type FeedTrip = {
  readonly line: number
  readonly tripId: string
  readonly routeId: string
  readonly serviceId: string
  readonly headsign: string
  readonly direction: number
  readonly shapeId: string
}

/** A trip's call at a stop; times in seconds of the service day, undefined between timepoints. */
export type FeedCall = {
  readonly line: number
  readonly sequence: number
  readonly stopId: string
  readonly arrivalSeconds: number | undefined
  readonly departureSeconds: number | undefined
  readonly pickupRefused: boolean
  readonly dropOffRefused: boolean
  readonly distance: number | undefined
}

/** Departures at an interval. */
export type FeedWindow = Pick<FrequencyWindow, 'startSeconds' | 'endSeconds' | 'headwaySeconds'> & {
  readonly line: number
}

/** A point of a shape. */
export type ShapePoint = {
  readonly sequence: number
  readonly latitudeDegrees: number
  readonly longitudeDegrees: number
}

/** A fare of version 1. */
export type FeedFare = {
  readonly line: number
  readonly fareId: string
  /** In the smallest unit of the currency. */
  readonly priceMinor: bigint
  readonly currency: string
}

/** Where a fare counts: empty means everywhere. */
export type FareRule = {
  readonly line: number
  readonly fareId: string
  readonly routeId: string
  readonly originId: string
  readonly destinationId: string
}

/** Rows of each file that was read. */
export type RowCounts = Record<string, number>

/** All of a feed. */
export type Feed = {
  readonly timeZone: string
  readonly agencyName: string
  readonly stops: ReadonlyMap<string, FeedStop>
  readonly routes: ReadonlyMap<string, FeedRoute>
  readonly calendars: ReadonlyMap<string, FeedCalendar>
  readonly trips: ReadonlyMap<string, FeedTrip>
  /** Calls of each trip by sequence. */
  readonly calls: ReadonlyMap<string, readonly FeedCall[]>
  readonly windows: ReadonlyMap<string, readonly FeedWindow[]>
  /** Points of each shape by sequence. */
  readonly shapes: ReadonlyMap<string, readonly ShapePoint[]>
  readonly fares: ReadonlyMap<string, FeedFare>
  readonly fareRules: readonly FareRule[]
  readonly rows: Readonly<RowCounts>
}
