import type { Sql } from 'postgres'
import type { Suite } from '#kit/testing'

/** Empties the Redis of a suite, as a restart without its file would; other suites on the server keep theirs. */
export async function forgetRedis(suite: Suite): Promise<void> {
  const keys = await suite.redis.keys(`${suite.namespace}:*`)
  if (keys.length > 0) await suite.redis.del(...keys)
}

/** How many transactions of this database wait for another one's row, as `pg_locks` shows them. */
export async function waitingForRow(sql: Sql): Promise<number> {
  const [row] = await sql<{ waiting: number }[]>`
    select count(distinct l.pid)::int as waiting from pg_locks l
    join pg_stat_activity a on a.pid = l.pid and a.datname = current_database()
    where not l.granted and l.locktype in ('transactionid', 'tuple')`
  return row?.waiting ?? 0
}

/** Overlapping live claims of one seat: always none, whatever happened. */
export async function doubleSales(sql: Sql): Promise<number> {
  const [row] = await sql<{ doubles: number }[]>`
    select count(*)::int as doubles from seat_claim a
    join seat_claim b on b.trip_id = a.trip_id and b.seat_label = a.seat_label and b.legs && a.legs
      and b.claim_id > a.claim_id
    where a.release_time is null and b.release_time is null`
  return row?.doubles ?? 0
}
