import { type SQL, sql } from 'drizzle-orm'
import type { Queries } from '#kit'
import { run } from './query.ts'

/** A stop that a name may mean, and how well it fits: 1 is the very name. */
export type PlaceMatch = {
  readonly stopId: string
  readonly tenantId: string
  readonly stopName: string
  readonly town: string
  readonly townKey: string
  /** Whether the town's own name fits as well as the stop's. */
  readonly townFits: boolean
  readonly score: number
}

/** The stops of every company that bear a name, folded, or are in a town that does; older and other names count. */
export async function stopsNamed(db: Queries, key: string): Promise<string[]> {
  const rows = await run<{ stop_id: string }>(
    db,
    sql`select stop_id from place where name_keys @> array[${key}]::text[]`,
  )
  return rows.map((row) => row.stop_id)
}

/** A name that shares so little with what was typed is another name. Trigrams of `kigaly` and `kigali`: 0.56. */
const LEAST_SIMILARITY = 0.35

/**
 * The stops whose names are most like what was typed, the best first: the same, beginning with it, a word of it beginning
 * with it, or spelt alike (pg_trgm).
 */
export async function placesLike(db: Queries, key: string, limit: number): Promise<PlaceMatch[]> {
  const score = (name: SQL) => sql`case
    when ${name} = ${key} then 1.0
    when starts_with(${name}, ${key}) then 0.9
    when position(' ' || ${key} in ${name}) > 0 then 0.8
    else 0.7 * similarity(${name}, ${key}) end`
  const rows = await run<{
    stop_id: string
    tenant_id: string
    stop_name: string
    town: string
    town_key: string
    town_score: number
    score: number
  }>(
    db,
    sql`
    select stop_id, tenant_id, stop_name, town, town_key, town_score::float8, score::float8 from (
      select p.*, ${score(sql`p.town_key`)} as town_score,
        (select max(${score(sql`n.name`)}) from unnest(p.name_keys) as n (name)) as score
      from place p) scored
    where score >= ${0.7 * LEAST_SIMILARITY}::float8
    order by score desc, stop_name, stop_id limit ${limit}`,
  )
  return rows.map((row) => ({
    stopId: row.stop_id,
    tenantId: row.tenant_id,
    stopName: row.stop_name,
    town: row.town,
    townKey: row.town_key,
    townFits: row.town_score >= row.score,
    score: row.score,
  }))
}
