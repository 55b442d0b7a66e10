// Writes a company's network as a GTFS Schedule feed: npm run export:gtfs -- --company SLUG --out FILE.zip
import { UserError } from '#kit'
import { optionsOf, run, suiteUrl } from './command/command.ts'
import { exportFeed } from './gtfs/export.ts'
import { connectTo, type Connection } from './gtfs/session.ts'

const USAGE = `npm run export:gtfs -- --company SLUG --out FILE.zip [--token TOKEN]
  Signs in by --token, or by TMS_PHONE and TMS_PASSWORD; the managers of the demo companies need neither.
  TMS_URL says where the suite is (http://127.0.0.1:8000).`

let connection: Connection | undefined

async function main(): Promise<void> {
  const options = { company: { type: 'string' }, out: { type: 'string' }, token: { type: 'string' } } as const
  const { company: companySlug, out: file, token } = optionsOf(USAGE, { options }).values
  if (companySlug === undefined || file === undefined) throw new UserError(USAGE)
  const { TMS_PHONE: phone, TMS_PASSWORD: password } = process.env
  const baseUrl = suiteUrl()
  connection = await connectTo({ file, companySlug, dayCount: 0, baseUrl, token, phone, password })
  const rows = await exportFeed(connection.client, { file, companySlug, baseUrl }, new Date())
  for (const [table, count] of Object.entries(rows)) console.log(`${table.padEnd(20)} ${count}`)
}

await run(main, () => connection?.close())
