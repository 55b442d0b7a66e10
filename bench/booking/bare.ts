// The bare loop: sends the statements that the suite sent, with their parameters, over as many connections, by the same
// driver and nothing else. No RPC, no events, no tokens, no JSON: what is left is the price of the database.
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { serviceUrl } from '../../services/kit/db/provision.ts'
import { serveParent } from '../lib/child.ts'
import type { ReplayOrder, ReplayReport, Statement } from './messages.ts'
import { readStatements, type Unit, unitsOf } from './recording.ts'

serveParent(async ({ databaseUrl, file }: ReplayOrder): Promise<ReplayReport> => {
  const statements = readStatements(file)
  const byPool = Map.groupBy(unitsOf(statements), ([first]) => poolOf(first))
  const pools = [...byPool].map(([pool, units]) => ({ pool, units, connections: connectionsOf(statements, pool) }))
  const clients = await Promise.all(pools.map((one) => open(databaseUrl, one.pool, one.connections)))
  const started = performance.now()
  const errors = await Promise.all(pools.map(({ units }, index) => replay(clients[index] ?? [], units)))
  const ms = performance.now() - started
  await Promise.all(clients.flat().map((client) => client.end()))
  return {
    ms,
    statements: statements.length,
    errors: errors.reduce((sum, count) => sum + count, 0),
    connections: clients.flat().length,
  }
})

/** `ticketing/session` of `ticketing/session/3`: a service's pool. */
function poolOf(statement: Statement | undefined): string {
  return (statement?.connection ?? '').split('/').slice(0, 2).join('/')
}

function connectionsOf(statements: readonly Statement[], pool: string): number {
  return new Set(statements.filter((one) => poolOf(one) === pool).map(({ connection }) => connection)).size
}

async function open(databaseUrl: string, pool: string, connections: number): Promise<postgres.Sql[]> {
  const [service = '', scope = ''] = pool.split('/')
  const connection = { search_path: `${service}, public`, ...(scope === 'system' ? { 'app.scope': 'system' } : {}) }
  const clients = Array.from({ length: connections }, () =>
    postgres(serviceUrl(service, databaseUrl), { max: 1, connection }),
  )
  await Promise.all(clients.map((client) => client`select 1`))
  // The suite's driver reads and writes JSON and times as drizzle has it do: as text.
  for (const client of clients) drizzle(client)
  return clients
}

/** Hands the units out in order; each connection takes the next one when it is done with its own. */
async function replay(clients: readonly postgres.Sql[], units: readonly Unit[]): Promise<number> {
  let next = 0
  let errors = 0
  const work = async (client: postgres.Sql) => {
    for (let unit = units[next++]; unit; unit = units[next++]) {
      await send(client, unit).catch((err: unknown) => {
        errors++
        if (errors <= 3)
          console.error(`bare loop: ${String(err)}: ${unit.map(({ text }) => text.trim().slice(0, 60)).join(' | ')}`)
      })
    }
  }
  await Promise.all(clients.map(work))
  return errors
}

async function send(client: postgres.Sql, unit: Unit): Promise<void> {
  try {
    for (const { text, parameters } of unit) {
      const args = parameters as postgres.ParameterOrJSON<never>[]
      await client.unsafe(text, args, { prepare: args.length > 0 })
    }
  } catch (err) {
    if (unit.length > 1) await client.unsafe('rollback')
    throw err
  }
}
