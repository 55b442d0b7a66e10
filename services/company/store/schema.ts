import {
  bigint,
  boolean,
  customType,
  date,
  doublePrecision,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core'
import { instant } from '#kit'
import type { CallOffset } from '../domain/calls.ts'
import type { FrequencyWindow } from '../domain/departures.ts'
import type { NetworkChange } from '../domain/network.ts'
import type { SeatClassName } from '../domain/seats.ts'
import type { Season } from '../domain/service_days.ts'
import type { TripStateName } from '../domain/trip_state.ts'

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' })
/** Drizzle's view of the tables; the migrations are what makes them. */

const day = (name: string) => date(name, { mode: 'string' })
const tenantId = () => uuid('tenant_id').notNull()
const written = () => ({ createTime: instant('create_time').notNull(), updateTime: instant('update_time').notNull() })

export const company = pgTable('company', {
  tenantId: uuid('tenant_id').primaryKey(),
  slug: text('slug').notNull(),
  name: text('name').notNull(),
  currency: text('currency').notNull(),
  timeZone: text('time_zone').notNull(),
  revision: bigint('revision', { mode: 'bigint' }).notNull(),
})

export const seatLayout = pgTable(
  'seat_layout',
  {
    tenantId: tenantId(),
    layoutId: uuid('layout_id').notNull(),
    name: text('name').notNull(),
    version: integer('version').notNull(),
    replacedLayoutId: uuid('replaced_layout_id'),
    current: boolean('current').notNull(),
    createTime: instant('create_time').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.layoutId] })],
)

export const seat = pgTable(
  'seat',
  {
    tenantId: tenantId(),
    layoutId: uuid('layout_id').notNull(),
    label: text('label').notNull(),
    seatClass: text('seat_class').$type<SeatClassName>().notNull(),
    deck: integer('deck').notNull(),
    row: integer('seat_row').notNull(),
    column: integer('seat_column').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.layoutId, t.label] })],
)

export const bus = pgTable(
  'bus',
  {
    tenantId: tenantId(),
    busId: uuid('bus_id').notNull(),
    plate: text('plate').notNull(),
    name: text('name').notNull(),
    layoutId: uuid('layout_id').notNull(),
    state: text('state').$type<'ACTIVE' | 'IN_WORKSHOP' | 'RETIRED'>().notNull(),
    ...written(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.busId] })],
)

export const stop = pgTable(
  'stop',
  {
    tenantId: tenantId(),
    stopId: uuid('stop_id').notNull(),
    name: text('name').notNull(),
    code: text('code').notNull(),
    town: text('town').notNull(),
    otherNames: text('other_names').array().notNull(),
    latitudeDegrees: doublePrecision('latitude_degrees').notNull(),
    longitudeDegrees: doublePrecision('longitude_degrees').notNull(),
    parentStopId: uuid('parent_stop_id'),
    gtfsStopId: text('gtfs_stop_id').notNull(),
    searchText: text('search_text').notNull(),
    ...written(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.stopId] })],
)

export const route = pgTable(
  'route',
  {
    tenantId: tenantId(),
    routeId: uuid('route_id').notNull(),
    name: text('name').notNull(),
    shortName: text('short_name').notNull(),
    gtfsRouteId: text('gtfs_route_id').notNull(),
    searchText: text('search_text').notNull(),
    ...written(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.routeId] })],
)

export const pattern = pgTable(
  'pattern',
  {
    tenantId: tenantId(),
    patternId: uuid('pattern_id').notNull(),
    routeId: uuid('route_id').notNull(),
    position: integer('position').notNull(),
    headsign: text('headsign').notNull(),
    direction: integer('direction').notNull(),
    pathPolyline: text('path_polyline').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.patternId] })],
)

export const patternStop = pgTable(
  'pattern_stop',
  {
    tenantId: tenantId(),
    patternId: uuid('pattern_id').notNull(),
    sequence: integer('sequence').notNull(),
    stopId: uuid('stop_id').notNull(),
    distanceMeters: integer('distance_meters').notNull(),
    durationSeconds: integer('duration_seconds').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.patternId, t.sequence] })],
)

export const fare = pgTable(
  'fare',
  {
    tenantId: tenantId(),
    fareId: uuid('fare_id').notNull(),
    fromStopId: uuid('from_stop_id').notNull(),
    toStopId: uuid('to_stop_id').notNull(),
    seatClass: text('seat_class').$type<SeatClassName>().notNull(),
    currency: text('currency').notNull(),
    priceMinor: bigint('price_minor', { mode: 'bigint' }).notNull(),
    validFromDate: day('valid_from_date').notNull(),
    validToDate: day('valid_to_date'),
    state: text('state').$type<'ACTIVE' | 'WITHDRAWN'>().notNull(),
    source: text('source').notNull(),
    createTime: instant('create_time').notNull(),
    withdrawTime: instant('withdraw_time'),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.fareId] })],
)

export const networkImport = pgTable(
  'network_import',
  {
    tenantId: tenantId(),
    importId: uuid('import_id').notNull(),
    source: text('source').notNull(),
    createTime: instant('create_time').notNull(),
    applyTime: instant('apply_time'),
    dropTime: instant('drop_time'),
    changes: jsonb('changes').$type<NetworkChange[]>(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.importId] })],
)

export const networkImportPart = pgTable(
  'network_import_part',
  {
    tenantId: tenantId(),
    importId: uuid('import_id').notNull(),
    partNumber: integer('part_number').notNull(),
    content: bytes('content').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.importId, t.partNumber] })],
)

export const calendar = pgTable(
  'calendar',
  {
    tenantId: tenantId(),
    calendarId: uuid('calendar_id').notNull(),
    name: text('name').notNull(),
    weekdays: integer('weekdays').array().notNull(),
    startDate: day('start_date').notNull(),
    endDate: day('end_date').notNull(),
    addedDates: day('added_dates').array().notNull(),
    removedDates: day('removed_dates').array().notNull(),
    seasons: jsonb('seasons').$type<readonly Season[]>().notNull(),
    ...written(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.calendarId] })],
)

export const callProfile = pgTable(
  'call_profile',
  {
    tenantId: tenantId(),
    profileId: uuid('profile_id').notNull(),
    patternId: uuid('pattern_id').notNull(),
    calls: jsonb('calls').$type<readonly CallOffset[]>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.profileId] })],
)

export const schedule = pgTable(
  'schedule',
  {
    tenantId: tenantId(),
    scheduleId: uuid('schedule_id').notNull(),
    routeId: uuid('route_id').notNull(),
    patternId: uuid('pattern_id').notNull(),
    calendarId: uuid('calendar_id').notNull(),
    profileId: uuid('profile_id').notNull(),
    headsign: text('headsign').notNull(),
    startSeconds: integer('start_seconds'),
    windows: jsonb('windows').$type<readonly FrequencyWindow[]>().notNull(),
    busId: uuid('bus_id'),
    layoutId: uuid('layout_id'),
    state: text('state').$type<'ACTIVE' | 'PAUSED'>().notNull(),
    timeZone: text('time_zone').notNull(),
    gtfsTripId: text('gtfs_trip_id').notNull(),
    ...written(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.scheduleId] })],
)

export const trip = pgTable(
  'trip',
  {
    tenantId: tenantId(),
    tripId: uuid('trip_id').notNull(),
    scheduleId: uuid('schedule_id').notNull(),
    routeId: uuid('route_id').notNull(),
    patternId: uuid('pattern_id').notNull(),
    profileId: uuid('profile_id').notNull(),
    headsign: text('headsign').notNull(),
    serviceDate: day('service_date').notNull(),
    startSeconds: integer('start_seconds').notNull(),
    shiftSeconds: integer('shift_seconds').notNull(),
    timeZone: text('time_zone').notNull(),
    departureTime: instant('departure_time').notNull(),
    arrivalTime: instant('arrival_time').notNull(),
    turnEndTime: instant('turn_end_time'),
    delayMinutes: integer('delay_minutes').notNull(),
    delayReason: text('delay_reason').notNull(),
    busId: uuid('bus_id'),
    layoutId: uuid('layout_id'),
    state: text('state').$type<TripStateName>().notNull(),
    revision: bigint('revision', { mode: 'bigint' }).notNull(),
    cancelReason: text('cancel_reason').notNull(),
    ...written(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.tripId] })],
)

export const driverAssignment = pgTable(
  'driver_assignment',
  {
    tenantId: tenantId(),
    assignmentId: uuid('assignment_id').notNull(),
    tripId: uuid('trip_id').notNull(),
    driverUserId: uuid('driver_user_id').notNull(),
    departureTime: instant('departure_time').notNull(),
    arrivalTime: instant('arrival_time').notNull(),
    assignTime: instant('assign_time').notNull(),
    releaseTime: instant('release_time'),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.assignmentId] })],
)

export const busSwap = pgTable(
  'bus_swap',
  {
    tenantId: tenantId(),
    swapId: uuid('swap_id').notNull(),
    tripId: uuid('trip_id').notNull(),
    oldBusId: uuid('old_bus_id').notNull(),
    newBusId: uuid('new_bus_id').notNull(),
    reason: text('reason').notNull(),
    swapUserId: uuid('swap_user_id').notNull(),
    swapTime: instant('swap_time').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.swapId] })],
)

export const salesTerms = pgTable(
  'sales_terms',
  {
    tenantId: tenantId(),
    version: bigint('version', { mode: 'bigint' }).notNull(),
    terms: bytes('terms').notNull(),
    setTime: instant('set_time').notNull(),
    setUserId: uuid('set_user_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.version] })],
)
