import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Sql, TransactionSql } from 'postgres'
import { UserError } from '../user_error.ts'
import { ownerRoleOf } from './roles.ts'

/** One numbered step of a schema, final once released. */
export type Migration = {
  readonly name: string
  readonly sql: string
  /** Older code cannot live with it: it says `--! breaking`. */
  readonly breaking: boolean
}

const NAME = /^\d{3}_[a-z0-9_]+\.sql$/

/** The migrations in a folder, in order. @throws {Error} for a file that is not named `001_what_it_does.sql` */
export function readMigrations(folder: URL): readonly Migration[] {
  const files = readdirSync(fileURLToPath(folder)).filter((file) => file.endsWith('.sql'))
  return files.sort().map((file) => {
    if (!NAME.test(file)) throw new Error(`${file}: migrations are named 001_what_it_does.sql`)
    return migrationOf(file, new URL(file, folder))
  })
}

function migrationOf(name: string, file: URL): Migration {
  const sql = readFileSync(file, 'utf8')
  return { name, sql, breaking: /^--! breaking$/m.test(sql) }
}

/** What the kit itself keeps in every schema. */
const kitMigration = migrationOf('000_kit.sql', new URL('./kit.sql', import.meta.url))

/**
 * Applies what a service's schema lacks, as the schema's owner, each step in a transaction of its own.
 *
 * @throws {UserError} when a released step was changed, or the schema has a breaking step that this code does not know
 */
export async function migrate(sql: Sql, service: string, own: readonly Migration[]): Promise<void> {
  const migrations = [kitMigration, ...own]
  await sql.begin(async (tx) => {
    await actAsOwner(tx, service)
    await tx.unsafe(`create table if not exists migration (
      name text primary key, checksum text not null, breaking boolean not null,
      apply_time timestamptz not null default now())`)
  })
  const rows = await sql<Applied[]>`select name, checksum, breaking from ${sql(service)}.migration`
  const applied = new Map(rows.map((row) => [row.name, row]))
  assertKnown(service, migrations, applied)
  for (const migration of migrations) {
    if (!applied.has(migration.name)) await apply(sql, service, migration)
  }
}

type Applied = { name: string; checksum: string; breaking: boolean }

function assertKnown(service: string, migrations: readonly Migration[], applied: ReadonlyMap<string, Applied>): void {
  const known = new Map(migrations.map((migration) => [migration.name, migration]))
  for (const row of applied.values()) {
    const migration = known.get(row.name)
    if (!migration && row.breaking) {
      throw new UserError(`The schema ${service} is newer than this program (${row.name}): start the newer release.`)
    }
    if (migration && checksumOf(migration) !== row.checksum) {
      throw new UserError(
        `${service}/migrations/${row.name} was changed after it was applied: undo that and add a new file, ` +
          'or begin anew with `npm start -- --fresh`.',
      )
    }
  }
}

async function apply(sql: Sql, service: string, migration: Migration): Promise<void> {
  await sql.begin(async (tx) => {
    await actAsOwner(tx, service)
    await tx.unsafe(migration.sql)
    await tx`insert into migration (name, checksum, breaking)
             values (${migration.name}, ${checksumOf(migration)}, ${migration.breaking})`
  })
}

async function actAsOwner(tx: TransactionSql, service: string): Promise<void> {
  await tx.unsafe(
    `set local role ${ownerRoleOf(service)}; set local search_path = ${service}, public; set local app.scope = 'system'`,
  )
}

function checksumOf({ sql }: Migration): string {
  return createHash('sha256').update(sql).digest('hex')
}
