import type { NewPattern } from '#gen/tms/company/v1/network_service_pb.ts'
import type { Queries } from '#kit'
import { folded } from '../../domain/folded.ts'
import { patternFault } from '../../domain/pattern.ts'
import { refuse } from '../../errors.ts'
import type { PatternDraft } from '../../store/routes.ts'
import { requireStops } from '../required.ts'

type RouteRequest = { readonly routeId: string; readonly name: string; readonly shortName: string }

/** What a request says about a route itself, as the table keeps it. */
export function routeFacts(tenantId: string, { routeId, name, shortName }: RouteRequest) {
  return { tenantId, routeId, name, shortName, searchText: folded(shortName, name) }
}

/** What a request says about a route's patterns. Refuses those that run backwards or call at stops of others. */
export async function patternDrafts(
  tx: Queries,
  tenantId: string,
  routeId: string,
  patterns: readonly NewPattern[],
): Promise<PatternDraft[]> {
  await requireStops(
    tx,
    tenantId,
    patterns.flatMap(({ stops }) => stops.map(({ stopId }) => stopId)),
  )
  return patterns.map((pattern, position) => draftOf(tenantId, routeId, pattern, position))
}

function draftOf(tenantId: string, routeId: string, pattern: NewPattern, position: number): PatternDraft {
  const { patternId, headsign, direction, stops, pathPolyline } = pattern
  const fault = patternFault(stops)
  if (fault !== undefined) {
    throw refuse('PATTERN_INVALID', 'distance and travel time begin at 0 and never decrease', {
      pattern_id: patternId,
      sequence: String(fault),
    })
  }
  const calls = stops.map(({ stopId, distanceMeters, durationSeconds }) => ({
    stopId,
    distanceMeters,
    durationSeconds,
  }))
  return { tenantId, patternId, routeId, position, headsign, direction, pathPolyline, stops: calls }
}
