import type { FeedRoute, FeedTrip } from '../feed.ts'
import { RowFault } from '../row.ts'
import { type Source, readTable } from '../rows.ts'

/** Reads agency.txt: the name, and the time zone that all times of the feed are in. */
export async function readAgency(source: Source) {
  const agencies: { name: string; timeZone: string; line: number }[] = []
  const rows = await readTable(source, 'agency.txt', ['agency_name', 'agency_timezone'], (row) => {
    const timeZone = row.required('agency_timezone')
    if (!isTimeZone(timeZone)) throw new RowFault(`agency_timezone "${timeZone}" is not a time zone`)
    agencies.push({ name: row.required('agency_name'), timeZone, line: row.line })
  })
  const [first] = agencies
  const other = agencies.find(({ timeZone }) => timeZone !== first?.timeZone)
  if (other) source.report.fault('agency.txt', other.line, `agency_timezone ${other.timeZone} differs from line 2`)
  if (!first) source.report.fault('agency.txt', undefined, 'names no agency, so the time zone is not known')
  return { agencyName: first?.name ?? '', timeZone: first?.timeZone ?? '', rows }
}

/** Reads routes.txt. */
export async function readRoutes(source: Source) {
  const routes = new Map<string, FeedRoute>()
  const rows = await readTable(source, 'routes.txt', ['route_id'], (row) => {
    const routeId = row.required('route_id')
    if (routes.has(routeId)) throw new RowFault(`route_id ${routeId} is there twice`)
    const [shortName, longName] = [row.text('route_short_name'), row.text('route_long_name')]
    if (shortName === '' && longName === '') throw new RowFault('route_short_name and route_long_name are empty')
    if (shortName.length > 50) throw new RowFault('route_short_name is longer than 50 characters')
    routes.set(routeId, { routeId, shortName, longName })
  })
  return { routes, rows }
}

/** What trips point at. */
type Targets = {
  readonly routes: ReadonlyMap<string, unknown>
  readonly calendars: ReadonlyMap<string, unknown>
  readonly shapes: ReadonlyMap<string, unknown>
}

/** Reads trips.txt. */
export async function readTrips(source: Source, { routes, calendars, shapes }: Targets) {
  const trips = new Map<string, FeedTrip>()
  const rows = await readTable(source, 'trips.txt', ['route_id', 'service_id', 'trip_id'], (row) => {
    const tripId = row.required('trip_id')
    if (trips.has(tripId)) throw new RowFault(`trip_id ${tripId} is there twice`)
    const [routeId, serviceId] = [row.required('route_id'), row.required('service_id')]
    if (!routes.has(routeId)) throw new RowFault(`route_id ${routeId} is not in routes.txt`)
    if (!calendars.has(serviceId)) throw new RowFault(`service_id ${serviceId} is in no calendar`)
    const shapeId = row.text('shape_id')
    if (shapeId !== '' && !shapes.has(shapeId)) throw new RowFault(`shape_id ${shapeId} is not in shapes.txt`)
    const headsign = row.text('trip_headsign')
    const direction = row.integer('direction_id', 0, 1) ?? 0
    trips.set(tripId, { line: row.line, tripId, routeId, serviceId, headsign, direction, shapeId })
  })
  return { trips, rows }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
