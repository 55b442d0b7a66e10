import type { Archive } from './archive.ts'
import type { Feed } from './feed.ts'
import { FeedRefused, type Report } from './report.ts'
import type { Source } from './rows.ts'
import { readCalendars } from './tables/dates.ts'
import { readFares } from './tables/fares.ts'
import { readAgency, readRoutes, readTrips } from './tables/lines.ts'
import { readShapes, readStops } from './tables/places.ts'
import { readFrequencies, readStopTimes } from './tables/times.ts'

const REQUIRED = ['agency.txt', 'stops.txt', 'routes.txt', 'trips.txt', 'stop_times.txt']
const CALENDARS = ['calendar.txt', 'calendar_dates.txt']
const OPTIONAL = ['shapes.txt', 'frequencies.txt', 'fare_attributes.txt', 'fare_rules.txt']

/** Says nothing that a timetable is made of. */
const SILENT = ['feed_info.txt', 'attributions.txt']

/**
 * Reads a whole feed and checks it: columns, fields, what points at what.
 *
 * @throws {FeedRefused} with up to twenty faults, each with file and line
 */
export async function readFeed(archive: Archive, report: Report, onBytes: (bytes: number) => void): Promise<Feed> {
  requireFiles(archive)
  const source: Source = { archive, report, onBytes }
  const { agencyName, timeZone, rows: agency } = await readAgency(source)
  const { stops, rows: stopRows } = await readStops(source)
  const { routes, rows: routeRows } = await readRoutes(source)
  const { calendars, weekly, single } = await readCalendars(source)
  const { shapes, rows: points } = await readShapes(source)
  const { trips, rows: tripRows } = await readTrips(source, { routes, calendars, shapes })
  const { calls, rows: callRows } = await readStopTimes(source, trips, stops)
  const { windows, rows: windowRows } = await readFrequencies(source, trips)
  const { fares, fareRules, attributes, rules } = await readFares(source, routes)
  noteUnread(archive, report)
  report.refuseIfFaulty()
  const rows = {
    'agency.txt': agency,
    'stops.txt': stopRows,
    'routes.txt': routeRows,
    'calendar.txt': weekly,
    'calendar_dates.txt': single,
    'shapes.txt': points,
    'trips.txt': tripRows,
    'stop_times.txt': callRows,
    'frequencies.txt': windowRows,
    'fare_attributes.txt': attributes,
    'fare_rules.txt': rules,
  }
  return { agencyName, timeZone, stops, routes, calendars, trips, calls, windows, shapes, fares, fareRules, rows }
}

/** How many bytes {@link readFeed} will read. */
export function bytesToRead(archive: Archive): number {
  return [...REQUIRED, ...CALENDARS, ...OPTIONAL].reduce((sum, file) => sum + archive.sizeOf(file), 0)
}

function requireFiles({ files }: Archive): void {
  const missing = REQUIRED.filter((file) => !files.has(file))
  if (!CALENDARS.some((file) => files.has(file))) missing.push('calendar.txt or calendar_dates.txt')
  if (missing.length === 0) return
  throw new FeedRefused(missing.map((file) => ({ file, line: undefined, detail: 'is missing from the feed' })))
}

function noteUnread({ files }: Archive, report: Report): void {
  const read = new Set([...REQUIRED, ...CALENDARS, ...OPTIONAL, ...SILENT])
  for (const file of files) if (!read.has(file)) report.refused('a file that we have no use for', file)
}
