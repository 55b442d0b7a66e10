import type { Sql } from 'postgres'

/**
 * Makes every statement with parameters a prepared one, planned once per connection.
 *
 * drizzle prepares only what was named by hand, and postgres.js prepares only its own templates; planning a statement of
 * the hot path costs more than running it. Texts must not be made to measure, e.g. by lists of varying length: pass
 * arrays instead.
 */
export function prepareUnsafe<S extends Pick<Sql, 'unsafe'>>(sql: S): S {
  const unsafe = sql.unsafe.bind(sql)
  sql.unsafe = ((text: string, args: Parameters<typeof unsafe>[1] = [], options = {}) =>
    unsafe(text, args, { ...options, prepare: args.length > 0 })) as S['unsafe']
  return sql
}
