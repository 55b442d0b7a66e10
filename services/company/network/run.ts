import type { Tx } from '#kit'
import { entryId, type NetworkKind, networkKinds } from '../domain/network.ts'
import { refuse } from '../errors.ts'
import type { CompanyRow } from '../store/companies.ts'
import type { Ride } from '../store/routes.ts'
import type { Upserted } from '../store/upsert.ts'

/** What a pattern is to the schedules that run on it. */
export type KnownPattern = {
  readonly patternId: string
  readonly routeId: string
  readonly headsign: string
  readonly stopCount: number
}

/** One writing of a network, while it goes on. */
export type Run = {
  readonly tx: Tx
  readonly company: CompanyRow
  readonly now: Date
  /** Ids by kind and key, of what was written so far. */
  readonly ids: Readonly<Record<NetworkKind, Map<string, string>>>
  readonly patterns: Map<string, KnownPattern>
  readonly busLayouts: Map<string, string>
  readonly parentKeys: Set<string>
  readonly counts: Record<NetworkKind, { createdCount: number; updatedCount: number; unchangedCount: number }>
  readonly touched: { routeIds: string[]; stopIds: string[]; patternIds: string[]; rides: Ride[] }
}

/** Begins a run. */
export function newRun(tx: Tx, company: CompanyRow, now: Date): Run {
  const perKind = <T>(make: () => T) =>
    Object.fromEntries(networkKinds.map((kind) => [kind, make()])) as Record<NetworkKind, T>
  return {
    tx,
    company,
    now,
    ids: perKind(() => new Map<string, string>()),
    patterns: new Map(),
    busLayouts: new Map(),
    parentKeys: new Set(),
    counts: perKind(() => ({ createdCount: 0, updatedCount: 0, unchangedCount: 0 })),
    touched: { routeIds: [], stopIds: [], patternIds: [], rides: [] },
  }
}

/**
 * Gives an entry its id and remembers it for those that point at it.
 *
 * @param content what must not change under what was sold; other content means another id
 */
export function introduce(run: Run, kind: NetworkKind, key: string, ...content: readonly string[]): string {
  if (run.ids[kind].has(key)) throw invalid(kind, key, 'is there twice')
  const id = entryId(run.company.tenantId, kind, key, ...content)
  run.ids[kind].set(key, id)
  return id
}

/** The id of what an entry points at. */
export function resolve(run: Run, kind: NetworkKind, key: string, from: { kind: NetworkKind; key: string }): string {
  const id = run.ids[kind].get(key)
  if (id === undefined) throw invalid(from.kind, from.key, `points at ${kind} ${key}, which is not there`)
  return id
}

/** Counts what a statement did. */
export function count(run: Run, kind: NetworkKind, { createdIds, updatedIds, unchangedCount }: Upserted): void {
  const counts = run.counts[kind]
  counts.createdCount += createdIds.length
  counts.updatedCount += updatedIds.length
  counts.unchangedCount += unchangedCount
}

/** The refusal of an entry. */
export function invalid(kind: NetworkKind, key: string, detail: string) {
  return refuse('IMPORT_INVALID', `${kind} ${key}: ${detail}`, { kind, key, detail })
}
