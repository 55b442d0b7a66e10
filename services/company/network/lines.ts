import type { NetworkPattern, NetworkRoute, NetworkStop } from '#gen/tms/company/v1/network_pb.ts'
import { folded } from '../domain/folded.ts'
import { patternFault } from '../domain/pattern.ts'
import { entryId } from '../domain/network.ts'
import { keepPatterns, keepRoutes, keepStops } from '../store/network.ts'
import { count, introduce, invalid, resolve, type Run } from './run.ts'

/** Writes stops. A parent may come later than its children. */
export async function writeStops(run: Run, entries: readonly NetworkStop[]): Promise<void> {
  const written = await keepStops(
    run.tx,
    entries.map((entry) => stopRow(run, entry)),
  )
  count(run, 'stops', written)
  run.touched.stopIds.push(...written.updatedIds)
}

function stopRow(run: Run, { key, name, code, town, otherNames, location, parentKey }: NetworkStop) {
  const { tenantId } = run.company
  if (parentKey !== '') run.parentKeys.add(parentKey)
  return {
    tenantId,
    stopId: introduce(run, 'stops', key),
    name,
    code,
    town,
    otherNames,
    latitudeDegrees: location!.latitudeDegrees, // required by the contract
    longitudeDegrees: location!.longitudeDegrees,
    parentStopId: parentKey === '' ? null : entryId(tenantId, 'stops', parentKey),
    gtfsStopId: key,
    searchText: folded(name, code, town, ...otherNames),
    createTime: run.now,
    updateTime: run.now,
  }
}

/** Refuses a network in which a stop names a parent that never came. */
export function parentsKnown(run: Run): void {
  for (const key of run.parentKeys) {
    if (!run.ids.stops.has(key)) throw invalid('stops', key, 'is named as a parent and is not there')
  }
}

/** Writes routes. */
export async function writeRoutes(run: Run, entries: readonly NetworkRoute[]): Promise<void> {
  const rows = entries.map(({ key, name, shortName }) => ({
    tenantId: run.company.tenantId,
    routeId: introduce(run, 'routes', key),
    name,
    shortName,
    gtfsRouteId: key,
    searchText: folded(shortName, name),
    createTime: run.now,
    updateTime: run.now,
  }))
  const written = await keepRoutes(run.tx, rows)
  count(run, 'routes', written)
  run.touched.routeIds.push(...written.updatedIds)
}

/** Writes patterns with their stops. Other stops under the same key are another pattern. */
export async function writePatterns(run: Run, entries: readonly NetworkPattern[]): Promise<void> {
  const drafts = entries.map((entry) => patternDraft(run, entry))
  const written = await keepPatterns(
    run.tx,
    drafts.map(({ row }) => row),
    drafts.flatMap(({ stops }) => stops),
  )
  count(run, 'patterns', written)
  run.touched.patternIds.push(...written.updatedIds)
}

function patternDraft(run: Run, entry: NetworkPattern) {
  const { key, routeKey, headsign, direction, pathPolyline } = entry
  const from = { kind: 'patterns' as const, key }
  const routeId = resolve(run, 'routes', routeKey, from)
  const calls = entry.stops.map(({ stopKey, distanceMeters, durationSeconds }) => ({
    stopId: resolve(run, 'stops', stopKey, from),
    distanceMeters,
    durationSeconds,
  }))
  const fault = patternFault(calls)
  if (fault !== undefined) throw invalid('patterns', key, `distance or travel time decreases at stop ${fault}`)
  const { tenantId } = run.company
  const patternId = introduce(run, 'patterns', key, routeId, ...calls.map(({ stopId }) => stopId))
  run.patterns.set(key, { patternId, routeId, headsign, stopCount: calls.length })
  return {
    row: { tenantId, patternId, routeId, position: run.patterns.size - 1, headsign, direction, pathPolyline },
    stops: calls.map((call, sequence) => ({ tenantId, patternId, sequence, ...call })),
  }
}
