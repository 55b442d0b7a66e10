import { sql } from 'drizzle-orm'
import type { Redis } from 'ioredis'
import type { Queries, Tx } from '#kit'
import { run } from './query.ts'

/** Says whether a company publishes its buses. */
export async function setPublished(tx: Tx, tenantId: string, published: boolean): Promise<void> {
  await run(
    tx,
    sql`
    insert into realtime_feed (tenant_id, published) values (${tenantId}, ${published})
    on conflict (tenant_id) do update set published = excluded.published`,
  )
}

/** The company of a name, when it publishes its buses; undefined when it does not, or was never heard of. */
export async function publishingTenant(db: Queries, slug: string): Promise<string | undefined> {
  const [row] = await run<{ tenant_id: string }>(
    db,
    sql`
    select f.tenant_id from realtime_feed f
    where f.published and f.tenant_id = (
      select t.tenant_id from trip t where t.company_slug = ${slug} order by t.departure_time desc limit 1)`,
  )
  return row?.tenant_id
}

/** A feed is made anew so often. */
const FEED_LIFE_MS = 5_000

/** The bytes of a feed that was made within the last seconds, by whichever process; null when none was. */
export function keptFeed(redis: Redis, prefix: string, key: string): Promise<Buffer | null> {
  return redis.getBuffer(`${prefix}tracking:feed:${key}`)
}

/** Keeps a feed for those who ask within the next seconds. */
export async function keepFeed(redis: Redis, prefix: string, key: string, content: Uint8Array): Promise<void> {
  await redis.set(`${prefix}tracking:feed:${key}`, Buffer.from(content), 'PX', FEED_LIFE_MS)
}
