import { isConstraint, type Queries } from '#kit'
import { refuse } from '../errors.ts'
import { type BusRow, findBus } from '../store/buses.ts'
import { type CalendarRow, findCalendar } from '../store/calendars.ts'
import { findLayouts, type Layout } from '../store/layouts.ts'
import { findPatterns, findRoute, type Pattern, type Route } from '../store/routes.ts'
import { findSchedule, type Schedule } from '../store/schedules.ts'
import { findStops, type StopRow } from '../store/stops.ts'
import { findTrip, lockTrip, type TripRow } from '../store/trips.ts'

/** Reads what must be there, or refuses with the reason that says what is not. */

export async function requireLayout(tx: Queries, tenantId: string, layoutId: string): Promise<Layout> {
  const [found] = await findLayouts(tx, tenantId, [layoutId])
  if (!found) throw refuse('LAYOUT_UNKNOWN', 'no such seat layout', { layout_id: layoutId })
  return found
}

/** A layout that buses may still be given. */
export async function requireCurrentLayout(tx: Queries, tenantId: string, layoutId: string): Promise<Layout> {
  const layout = await requireLayout(tx, tenantId, layoutId)
  if (!layout.current) throw refuse('LAYOUT_REPLACED', 'the layout has a newer version', { layout_id: layoutId })
  return layout
}

export async function requireBus(tx: Queries, tenantId: string, busId: string): Promise<BusRow> {
  const found = await findBus(tx, tenantId, busId)
  if (!found) throw refuse('BUS_UNKNOWN', 'no such bus', { bus_id: busId })
  return found
}

/** A bus that can be put on a trip. */
export async function requireActiveBus(tx: Queries, tenantId: string, busId: string): Promise<BusRow> {
  const bus = await requireBus(tx, tenantId, busId)
  if (bus.state !== 'ACTIVE') {
    throw refuse('BUS_NOT_ACTIVE', `the bus ${bus.plate} is not on the road`, { bus_id: busId, state: bus.state })
  }
  return bus
}

/** The refusal for a bus that another trip has at that time; any other fault as it is. */
export function busBusy(err: unknown, busId: string): unknown {
  if (!isConstraint(err, 'trip_bus_free')) return err
  return refuse('BUS_BUSY', 'the bus is on another trip at that time', { bus_id: busId })
}

export async function requireStop(tx: Queries, tenantId: string, stopId: string): Promise<StopRow> {
  const [found] = await findStops(tx, tenantId, [stopId])
  if (!found) throw refuse('STOP_UNKNOWN', 'no such stop', { stop_id: stopId })
  return found
}

/** Refuses when one of some stops is not the company's. */
export async function requireStops(tx: Queries, tenantId: string, stopIds: readonly string[]): Promise<void> {
  const found = new Set((await findStops(tx, tenantId, [...new Set(stopIds)])).map(({ stopId }) => stopId))
  const missing = stopIds.find((stopId) => !found.has(stopId))
  if (missing !== undefined) throw refuse('STOP_UNKNOWN', 'no such stop', { stop_id: missing })
}

export async function requireRoute(tx: Queries, tenantId: string, routeId: string): Promise<Route> {
  const found = await findRoute(tx, tenantId, routeId)
  if (!found) throw refuse('ROUTE_UNKNOWN', 'no such route', { route_id: routeId })
  return found
}

export async function requirePattern(tx: Queries, tenantId: string, patternId: string): Promise<Pattern> {
  const [found] = await findPatterns(tx, tenantId, [patternId])
  if (!found) throw refuse('PATTERN_UNKNOWN', 'no such pattern', { pattern_id: patternId })
  return found
}

export async function requireCalendar(tx: Queries, tenantId: string, calendarId: string): Promise<CalendarRow> {
  const found = await findCalendar(tx, tenantId, calendarId)
  if (!found) throw refuse('CALENDAR_UNKNOWN', 'no such calendar', { calendar_id: calendarId })
  return found
}

export async function requireSchedule(tx: Queries, tenantId: string, scheduleId: string): Promise<Schedule> {
  const found = await findSchedule(tx, tenantId, scheduleId)
  if (!found) throw refuse('SCHEDULE_UNKNOWN', 'no such schedule', { schedule_id: scheduleId })
  return found
}

export async function requireTrip(tx: Queries, tenantId: string, tripId: string): Promise<TripRow> {
  const found = await findTrip(tx, tenantId, tripId)
  if (!found) throw refuse('TRIP_UNKNOWN', 'no such trip', { trip_id: tripId })
  return found
}

/** A trip kept from others until this transaction is over. */
export async function requireTripLocked(tx: Queries, tenantId: string, tripId: string): Promise<TripRow> {
  const found = await lockTrip(tx, tenantId, tripId)
  if (!found) throw refuse('TRIP_UNKNOWN', 'no such trip', { trip_id: tripId })
  return found
}
