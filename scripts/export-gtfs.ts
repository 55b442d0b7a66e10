// Writes a company's network as a GTFS Schedule feed: npm run export:gtfs -- --company SLUG --out FILE.zip
import { parseArgs } from 'node:util'
import { Code, ConnectError } from '@connectrpc/connect'
import { reasonOf, UserError } from '#kit'
import { exportFeed } from './gtfs/export.ts'
import { connectTo, type Connection } from './gtfs/session.ts'

const usage = `npm run export:gtfs -- --company SLUG --out FILE.zip [--token TOKEN]
  Signs in by --token, or by TMS_PHONE and TMS_PASSWORD; the managers of the demo companies need neither.
  TMS_URL says where the suite is (http://127.0.0.1:8000).`

let connection: Connection | undefined
try {
  const { company: companySlug, out: file, token } = optionsOf(process.argv.slice(2))
  if (companySlug === undefined || file === undefined) throw new UserError(usage)
  const { TMS_URL: baseUrl = 'http://127.0.0.1:8000', TMS_PHONE: phone, TMS_PASSWORD: password } = process.env
  connection = await connectTo({ file, companySlug, dayCount: 0, baseUrl, token, phone, password })
  const rows = await exportFeed(connection.client, { file, companySlug, baseUrl }, new Date())
  for (const [table, count] of Object.entries(rows)) console.log(`${table.padEnd(20)} ${count}`)
} catch (err) {
  console.error(explained(err))
  process.exitCode = 1
} finally {
  connection?.close()
}

function optionsOf(args: string[]) {
  try {
    const options = { company: { type: 'string' }, out: { type: 'string' }, token: { type: 'string' } } as const
    return parseArgs({ args, options }).values
  } catch (err) {
    throw new UserError(`${err instanceof Error ? err.message : String(err)}\n${usage}`)
  }
}

/** One sentence for a person; whatever is unforeseen in full. */
function explained(err: unknown): unknown {
  if (err instanceof UserError) return err.message
  if (!(err instanceof ConnectError)) return err
  if (err.code === Code.Unavailable) return 'The suite does not answer: start it by `npm start`, or set TMS_URL.'
  return `The export is refused: ${reasonOf(err) ?? Code[err.code]}: ${err.rawMessage}`
}
