import { sql } from 'drizzle-orm'
import type { Queries } from '#kit'
import { run } from './query.ts'

/** The secret that signs held prices. */
export async function quoteSecret(db: Queries): Promise<Buffer> {
  const [row] = await run<{ secret: string }>(db, sql`select encode(secret, 'hex') as secret from quote_key`)
  if (!row) throw new Error('the key of quotes is gone')
  return Buffer.from(row.secret, 'hex')
}
