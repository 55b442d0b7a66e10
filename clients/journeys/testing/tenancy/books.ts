import type { Sql } from 'postgres'
import type { Suite } from '#kit/testing'

/** Tables of the kit, which note that calls and events came by. */
const NOTES = ['outbox', 'inbox', 'idempotency', 'dead_letter', 'stream_epoch', 'migration']
/** Copies of another service's facts, fetched whenever they are first needed: not changed by who happens to be calling then. */
const COPIES = ['pattern_path']

/** Whose rows are meant: those of a company, and where no company owns rows, those in which one of its ids stands. */
export type Owner = { readonly tenantId: string; readonly traces: readonly string[] }

/** A checksum for each table of a service, over the rows of one company. */
export async function checksums(suite: Suite, service: string, owner: Owner): Promise<Map<string, string>> {
  const sql = suite.sql(service)
  const tables = await sql<{ name: string; owned: boolean }[]>`
    select t.table_name as name, c.column_name is not null as owned
    from information_schema.tables t
    left join information_schema.columns c
      on c.table_schema = t.table_schema and c.table_name = t.table_name and c.column_name = 'tenant_id'
    where t.table_schema = ${service} and t.table_type = 'BASE TABLE' and t.table_name <> all(${[...NOTES, ...COPIES]})`
  const sums = await Promise.all(
    tables.map(async ({ name, owned }) => {
      const [row] = await sql<{ sum: string }[]>`
        select count(*) || ' rows, ' || coalesce(md5(string_agg(t::text, ',' order by t::text)), '') as sum
        from ${sql(name)} t where ${owned ? sql`tenant_id = ${owner.tenantId}` : mentions(sql, owner.traces)}`
      return [`${service}.${name}`, row?.sum ?? ''] as const
    }),
  )
  return new Map(sums)
}

function mentions(sql: Sql, traces: readonly string[]) {
  const pattern = traces.map((trace) => trace.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')
  return sql`t::text ~ ${pattern}`
}
