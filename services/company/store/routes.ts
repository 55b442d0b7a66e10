import { and, asc, eq, exists, gt, inArray, like, notInArray, sql } from 'drizzle-orm'
import type { Queries } from '#kit'
import { containing } from '../domain/folded.ts'
import { pattern, patternStop, route, stop } from './schema.ts'

type RouteRow = typeof route.$inferSelect
type PatternRow = typeof pattern.$inferSelect

/** A stop of a pattern with its name. */
export type NamedPatternStop = Omit<typeof patternStop.$inferSelect, 'tenantId' | 'patternId' | 'sequence'> & {
  readonly stopName: string
}

/** A pattern with its stops in order. */
export type Pattern = PatternRow & { readonly stops: readonly NamedPatternStop[] }

/** A route with its patterns. */
export type Route = RouteRow & { readonly patterns: readonly Pattern[] }

/** A pattern to be written. */
export type PatternDraft = PatternRow & { readonly stops: readonly Omit<NamedPatternStop, 'stopName'>[] }

/** Where a page of routes goes on. */
export type RouteCursor = { readonly shortName: string; readonly name: string; readonly routeId: string }

/** A route with its patterns; undefined when the company has none of that id. */
export async function findRoute(tx: Queries, tenantId: string, routeId: string): Promise<Route | undefined> {
  const rows = await tx
    .select()
    .from(route)
    .where(and(eq(route.tenantId, tenantId), eq(route.routeId, routeId)))
  const routes = await withPatterns(tx, tenantId, rows)
  return routes[0]
}

/** The names of some routes by id. */
export async function routeNames(
  tx: Queries,
  tenantId: string,
  routeIds: readonly string[],
): Promise<Map<string, string>> {
  if (routeIds.length === 0) return new Map()
  const rows = await tx
    .select({ routeId: route.routeId, name: route.name })
    .from(route)
    .where(and(eq(route.tenantId, tenantId), inArray(route.routeId, [...routeIds])))
  return new Map(rows.map(({ routeId, name }) => [routeId, name]))
}

/** Some patterns with their stops, in no particular order; ids that the company does not have are left out. */
export async function findPatterns(tx: Queries, tenantId: string, patternIds: readonly string[]): Promise<Pattern[]> {
  if (patternIds.length === 0) return []
  const rows = await tx
    .select()
    .from(pattern)
    .where(and(eq(pattern.tenantId, tenantId), inArray(pattern.patternId, [...patternIds])))
  return withStops(tx, tenantId, rows)
}

/** A ride from one stop to another, in that order. */
export type Ride = { readonly fromStopId: string; readonly toStopId: string }

/** The patterns on which one of some rides is possible. */
export async function patternsOfRides(tx: Queries, tenantId: string, rides: readonly Ride[]): Promise<string[]> {
  const from = sql.param(rides.map(({ fromStopId }) => fromStopId))
  const to = sql.param(rides.map(({ toStopId }) => toStopId))
  const rows = await tx.execute<{ pattern_id: string }>(sql`
    select distinct a.pattern_id
    from unnest(${from}::uuid[], ${to}::uuid[]) as ride (from_stop_id, to_stop_id)
    join pattern_stop a on a.tenant_id = ${tenantId} and a.stop_id = ride.from_stop_id
    join pattern_stop b on b.tenant_id = a.tenant_id and b.pattern_id = a.pattern_id
      and b.stop_id = ride.to_stop_id and b.sequence > a.sequence`)
  return rows.map(({ pattern_id: patternId }) => patternId)
}

/** Enters a route, still without patterns. */
export async function insertRoute(tx: Queries, row: RouteRow): Promise<void> {
  await tx.insert(route).values(row)
}

/** Writes what is now true of a route itself. */
export async function updateRoute(
  tx: Queries,
  { tenantId, routeId, ...facts }: Omit<RouteRow, 'createTime' | 'gtfsRouteId'>,
): Promise<void> {
  await tx
    .update(route)
    .set(facts)
    .where(and(eq(route.tenantId, tenantId), eq(route.routeId, routeId)))
}

/** Writes new patterns with their stops. */
export async function insertPatterns(tx: Queries, drafts: readonly PatternDraft[]): Promise<void> {
  if (drafts.length === 0) return
  await tx.insert(pattern).values(drafts.map(({ stops: _, ...row }) => row))
  await tx.insert(patternStop).values(drafts.flatMap(stopRows))
}

/** Writes what is now true of a pattern whose stops stay the same: names, place in the list, distances and times. */
export async function updatePattern(tx: Queries, draft: PatternDraft): Promise<void> {
  const { tenantId, patternId, stops: _, ...facts } = draft
  await tx
    .update(pattern)
    .set(facts)
    .where(and(eq(pattern.tenantId, tenantId), eq(pattern.patternId, patternId)))
  await tx
    .insert(patternStop)
    .values(stopRows(draft))
    .onConflictDoUpdate({
      target: [patternStop.tenantId, patternStop.patternId, patternStop.sequence],
      set: { distanceMeters: sql`excluded.distance_meters`, durationSeconds: sql`excluded.duration_seconds` },
    })
}

/** Removes the patterns of a route that are not kept. Throws the foreign key's refusal when schedules run on one. */
export async function deletePatternsBut(
  tx: Queries,
  tenantId: string,
  routeId: string,
  keptIds: readonly string[],
): Promise<void> {
  await tx
    .delete(pattern)
    .where(
      and(eq(pattern.tenantId, tenantId), eq(pattern.routeId, routeId), notInArray(pattern.patternId, [...keptIds])),
    )
}

/** A page of routes by number and name. */
export async function listRoutes(
  tx: Queries,
  tenantId: string,
  filter: {
    readonly query: string
    readonly stopId: string | undefined
    readonly limit: number
    readonly after: RouteCursor | undefined
  },
): Promise<Route[]> {
  const { query, stopId, limit, after } = filter
  const order = sql`(${route.shortName}, ${route.name}, ${route.routeId})`
  const rows = await tx
    .select()
    .from(route)
    .where(
      and(
        eq(route.tenantId, tenantId),
        query === '' ? undefined : like(route.searchText, containing(query)),
        stopId === undefined ? undefined : exists(patternsThrough(tx, stopId)),
        after && gt(order, sql`(${after.shortName}, ${after.name}, ${after.routeId}::uuid)`),
      ),
    )
    .orderBy(asc(route.shortName), asc(route.name), asc(route.routeId))
    .limit(limit)
  return withPatterns(tx, tenantId, rows)
}

function patternsThrough(tx: Queries, stopId: string) {
  return tx
    .select({ one: sql`1` })
    .from(pattern)
    .innerJoin(
      patternStop,
      and(eq(patternStop.tenantId, pattern.tenantId), eq(patternStop.patternId, pattern.patternId)),
    )
    .where(
      and(eq(pattern.tenantId, route.tenantId), eq(pattern.routeId, route.routeId), eq(patternStop.stopId, stopId)),
    )
}

function stopRows({ tenantId, patternId, stops }: PatternDraft) {
  return stops.map((one, sequence) => ({ tenantId, patternId, sequence, ...one }))
}

async function withPatterns(tx: Queries, tenantId: string, rows: readonly RouteRow[]): Promise<Route[]> {
  if (rows.length === 0) return []
  const ids = rows.map(({ routeId }) => routeId)
  const found = await tx
    .select()
    .from(pattern)
    .where(and(eq(pattern.tenantId, tenantId), inArray(pattern.routeId, ids)))
    .orderBy(asc(pattern.position))
  const byRoute = Map.groupBy(await withStops(tx, tenantId, found), ({ routeId }) => routeId)
  return rows.map((row) => ({ ...row, patterns: byRoute.get(row.routeId) ?? [] }))
}

async function withStops(tx: Queries, tenantId: string, rows: readonly PatternRow[]): Promise<Pattern[]> {
  if (rows.length === 0) return []
  const ids = rows.map(({ patternId }) => patternId)
  const found = await tx
    .select({
      patternId: patternStop.patternId,
      stopId: patternStop.stopId,
      stopName: stop.name,
      distanceMeters: patternStop.distanceMeters,
      durationSeconds: patternStop.durationSeconds,
    })
    .from(patternStop)
    .innerJoin(stop, and(eq(stop.tenantId, patternStop.tenantId), eq(stop.stopId, patternStop.stopId)))
    .where(and(eq(patternStop.tenantId, tenantId), inArray(patternStop.patternId, ids)))
    .orderBy(asc(patternStop.patternId), asc(patternStop.sequence))
  const byPattern = Map.groupBy(found, ({ patternId }) => patternId)
  return rows.map((row) => ({
    ...row,
    stops: (byPattern.get(row.patternId) ?? []).map(({ patternId: _, ...one }) => one),
  }))
}
