// Looks at events that could not be handled, and has them tried again:
//   npm run events -- dead-letters [service …]
//   npm run events -- replay <service> [event id]
import postgres from 'postgres'
import { listDeadLetters, type Queries, requestReplay, UserError } from '#kit'
import { drizzle } from 'drizzle-orm/postgres-js'
import { serviceNames } from '../services/roster.ts'
import { run } from './command/command.ts'

const USAGE = 'npm run events -- dead-letters [service …] | replay <service> [event id]'

function databaseUrl(): string {
  const url = process.env['DATABASE_URL']
  if (url) return url
  throw new UserError('Set DATABASE_URL to the database of the suite; `npm start` prints it.')
}

async function withSchema<T>(service: string, work: (db: Queries) => Promise<T>): Promise<T> {
  const sql = postgres(databaseUrl(), { max: 1, onnotice: () => {}, connection: { search_path: service } })
  try {
    return await work(drizzle(sql))
  } finally {
    await sql.end()
  }
}

async function printDeadLetters(services: readonly string[]): Promise<void> {
  for (const service of services) {
    const letters = await withSchema(service, listDeadLetters)
    for (const { consumer, eventId, subject, attempts, failTime, error } of letters) {
      console.log(`${service}-${consumer}  ${eventId}  ${failTime.toISOString()}  ${attempts} attempts`)
      console.log(`  ${subject}\n  ${error}`)
    }
    if (letters.length === 0) console.log(`${service}: none`)
  }
}

async function replay(service: string, eventId: string | undefined): Promise<void> {
  const asked = await withSchema(service, (db) => requestReplay(db, eventId))
  console.log(`${asked} to be tried again within ten seconds, wherever ${service} runs`)
}

/** The services that keep events: all but the gateway, which stores nothing. */
const withDatabase = serviceNames.filter((name) => name !== 'gateway')

await run(async () => {
  const [command, first, second] = process.argv.slice(2)
  if (command === 'dead-letters') await printDeadLetters(first === undefined ? withDatabase : process.argv.slice(3))
  else if (command === 'replay' && first !== undefined) await replay(first, second)
  else throw new UserError(USAGE)
})
