// Imports a GTFS Schedule feed as a company's network: npm run import:gtfs -- FILE.zip --company SLUG [--days N]
import { Code, ConnectError } from '@connectrpc/connect'
import { reasonOf, UserError } from '#kit'
import { importFeed } from './gtfs/import.ts'
import { parseImportOptions } from './gtfs/options.ts'
import { progressBar } from './gtfs/progress.ts'
import { FeedRefused } from './gtfs/report.ts'
import { connectTo, type Connection } from './gtfs/session.ts'
import { summaryOf } from './gtfs/summary.ts'

const progress = progressBar(process.stderr)
let connection: Connection | undefined
try {
  const options = parseImportOptions(process.argv.slice(2), process.env)
  const connect = async () => (connection = await connectTo(options)).client
  const outcome = await importFeed(connect, options, progress, new Date())
  console.log(summaryOf(outcome))
} catch (err) {
  progress.end()
  console.error(explained(err))
  process.exitCode = 1
} finally {
  connection?.close()
}

/** One sentence for a person; whatever is unforeseen in full. */
function explained(err: unknown): unknown {
  if (err instanceof FeedRefused) return `The feed is refused, nothing was written:\n${err.message}`
  if (err instanceof UserError) return err.message
  if (!(err instanceof ConnectError)) return err
  if (err.code === Code.Unavailable) return 'The suite does not answer: start it by `npm start`, or set TMS_URL.'
  return `The import is refused, nothing was written: ${reasonOf(err) ?? Code[err.code]}: ${err.rawMessage}`
}
