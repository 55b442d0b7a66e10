import { createHmac } from 'node:crypto'
import postgres from 'postgres'
import { UserError } from '../user_error.ts'
import { type Migration, migrate } from './migrate.ts'
import { ownerRoleOf, roleOf } from './roles.ts'

/** What a service keeps in the database. */
export type SchemaPlan = { readonly service: string; readonly migrations: readonly Migration[] }

/** Guards provisioning: two processes that start at once must not create the same things. */
const PROVISION_LOCK = 7_366_001

/**
 * Makes each service its schema and its login role, which can touch no other schema, and brings the schema up to date.
 *
 * @param adminUrl a role that may create roles and schemas
 * @throws {UserError} when the server cannot be reached, or a schema is newer than this code
 */
export async function provision(adminUrl: string, plans: readonly SchemaPlan[]): Promise<void> {
  const sql = postgres(adminUrl, { max: 1, onnotice: () => {}, connection: { application_name: 'tms-provision' } })
  try {
    await sql`select pg_advisory_lock(${PROVISION_LOCK})`
    await sql.unsafe(EXTENSIONS)
    for (const plan of plans) {
      await sql.unsafe(roleStatements(plan.service, adminUrl))
      await migrate(sql, plan.service, plan.migrations)
    }
  } catch (err) {
    throw explained(err)
  } finally {
    await sql.end({ timeout: 5 })
  }
}

const EXTENSIONS = ['btree_gist', 'pg_trgm', 'unaccent']
  .map((name) => `create extension if not exists ${name} schema public;`)
  .join('\n')

function roleStatements(service: string, adminUrl: string): string {
  const [role, owner] = [roleOf(service), ownerRoleOf(service)]
  // Roles belong to the whole server: another database's suite may create them at this moment.
  return `
    do $$ begin create role ${owner} nologin; exception when duplicate_object or unique_violation then null; end $$;
    do $$ begin
      create role ${role} login nosuperuser nobypassrls password '${passwordOf(service, adminUrl)}';
    exception when duplicate_object or unique_violation then null; end $$;
    do $$ begin execute format('grant ${owner} to %I', current_user);
    exception when unique_violation or sqlstate 'XX000' then null; end $$;
    create schema if not exists ${service} authorization ${owner};
    grant usage on schema ${service} to ${role};
    alter default privileges for role ${owner} in schema ${service}
      grant select, insert, update, delete on tables to ${role};
    alter default privileges for role ${owner} in schema ${service} grant usage, select on sequences to ${role};`
}

/**
 * The password of a service's role, derived from the administrator's: nothing to store on one machine.
 *
 * A role that exists keeps its password; production names each role's own URL in `<SERVICE>_DATABASE_URL`.
 */
function passwordOf(service: string, adminUrl: string): string {
  return createHmac('sha256', new URL(adminUrl).password).update(`tms role ${service}`).digest('hex')
}

/** The URL by which a service logs in as its own role. */
export function serviceUrl(service: string, adminUrl: string): string {
  const url = new URL(adminUrl)
  url.password = passwordOf(service, adminUrl)
  url.username = roleOf(service)
  return url.toString()
}

function explained(err: unknown): unknown {
  const code = (err as NodeJS.ErrnoException | undefined)?.code
  if (code !== 'ECONNREFUSED' && code !== 'ENOTFOUND' && code !== 'CONNECT_TIMEOUT') return err
  return new UserError('PostgreSQL does not answer at DATABASE_URL: start it, or unset the variable to use our own.')
}
