import { eq } from 'drizzle-orm'
import type { Queries } from '#kit'
import { type Fare, fareBook, partFares, type PartFare } from '../domain/fares.ts'
import { classesOf } from '../domain/seats.ts'
import { findBuses } from './buses.ts'
import { type CompanyRow, findCompany } from './companies.ts'
import { activeFares } from './fares.ts'
import { findLayouts, type Layout } from './layouts.ts'
import { findPatterns, type Pattern, routeNames } from './routes.ts'
import { findProfiles, type ProfileRow } from './schedules.ts'
import { company } from './schema.ts'
import { findStops, type StopRow } from './stops.ts'
import type { TripRow } from './trips.ts'

/** All that some trips say of themselves beside their own rows. */
export type TripFacts = {
  readonly company: CompanyRow
  readonly routeNames: ReadonlyMap<string, string>
  readonly patterns: ReadonlyMap<string, Pattern>
  readonly stops: ReadonlyMap<string, StopRow>
  readonly profiles: ReadonlyMap<string, ProfileRow>
  readonly layouts: ReadonlyMap<string, Layout>
  readonly plates: ReadonlyMap<string, string>
  /** The fares of a trip on its service date; worked out once for all trips alike. */
  readonly faresOf: (trip: TripRow) => readonly PartFare[]
}

/**
 * Locks what is said of a company's trips against change while new trips are told of: `for share`. Whoever changes what
 * is said takes `for update`, after the change and before telling; so no trip is ever told of with what was true before.
 */
export async function lockCompany(tx: Queries, tenantId: string, how: 'share' | 'update'): Promise<CompanyRow> {
  const rows = await tx.select().from(company).where(eq(company.tenantId, tenantId)).for(how)
  return known(rows[0], tenantId)
}

/** The company of trips that are only looked at. */
export async function companyOfTrips(tx: Queries, tenantId: string): Promise<CompanyRow> {
  return known(await findCompany(tx, tenantId), tenantId)
}

function known(row: CompanyRow | undefined, tenantId: string): CompanyRow {
  if (!row) throw new Error(`company ${tenantId} has trips but was never heard of`)
  return row
}

/** Reads all that some trips of one company say, in a handful of statements however many they are. */
export async function tripFacts(tx: Queries, of: CompanyRow, trips: readonly TripRow[]): Promise<TripFacts> {
  const { tenantId } = of
  const patterns = await findPatterns(tx, tenantId, distinct(trips, 'patternId'))
  const stopIds = [...new Set(patterns.flatMap(({ stops }) => stops.map(({ stopId }) => stopId)))]
  const layouts = await findLayouts(tx, tenantId, distinct(trips, 'layoutId'))
  const fares = layouts.length === 0 ? [] : await activeFares(tx, tenantId, stopIds)
  const buses = await findBuses(tx, tenantId, distinct(trips, 'busId'))
  const facts = {
    company: of,
    routeNames: await routeNames(tx, tenantId, distinct(trips, 'routeId')),
    patterns: new Map(patterns.map((one) => [one.patternId, one])),
    stops: new Map((await findStops(tx, tenantId, stopIds)).map((one) => [one.stopId, one])),
    profiles: await findProfiles(tx, tenantId, distinct(trips, 'profileId')),
    layouts: new Map(layouts.map((one) => [one.layoutId, one])),
    plates: new Map(buses.map(({ busId, plate }) => [busId, plate])),
  }
  return { ...facts, faresOf: faresByTrip(facts, fares) }
}

/** Fares without a layout would name classes that the trip has no seats of. */
function faresByTrip(
  { patterns, layouts }: Pick<TripFacts, 'patterns' | 'layouts'>,
  fares: readonly Fare[],
): TripFacts['faresOf'] {
  const made = new Map<string, PartFare[]>()
  return ({ patternId, layoutId, serviceDate }) => {
    if (layoutId === null || fares.length === 0) return []
    const key = `${patternId} ${layoutId} ${serviceDate}`
    const before = made.get(key)
    if (before) return before
    const stopIds = patterns.get(patternId)!.stops.map(({ stopId }) => stopId)
    const parts = partFares(stopIds, classesOf(layouts.get(layoutId)!.seats), fareBook(fares, serviceDate))
    made.set(key, parts)
    return parts
  }
}

function distinct(
  trips: readonly TripRow[],
  key: 'patternId' | 'profileId' | 'routeId' | 'layoutId' | 'busId',
): string[] {
  return [...new Set(trips.map((trip) => trip[key]).filter((id) => id !== null))]
}
