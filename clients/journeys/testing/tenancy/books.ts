import type { Suite } from '#kit/testing'

/** Tables of the kit, which note that calls and events came by. */
const NOTES = ['outbox', 'inbox', 'idempotency', 'dead_letter', 'stream_epoch', 'migration']

/** A checksum for each table of a service, over the rows in which any of these traces stands. */
export async function checksums(
  suite: Suite,
  service: string,
  traces: readonly string[],
): Promise<Map<string, string>> {
  const sql = suite.sql(service)
  const tables = await sql<{ name: string }[]>`
    select table_name as name from information_schema.tables
    where table_schema = ${service} and table_type = 'BASE TABLE' and table_name <> all(${NOTES})`
  const pattern = traces.map((trace) => trace.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')
  const sums = await Promise.all(
    tables.map(async ({ name }) => {
      const [row] = await sql<{ sum: string }[]>`
        select count(*) || ' rows, ' || coalesce(md5(string_agg(t::text, ',' order by t::text)), '') as sum
        from ${sql(name)} t where t::text ~ ${pattern}`
      return [`${service}.${name}`, row?.sum ?? ''] as const
    }),
  )
  return new Map(sums)
}
