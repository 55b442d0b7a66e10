// Imports a GTFS Schedule feed as a company's network: npm run import:gtfs -- FILE.zip --company SLUG [--days N]
import { explained } from './command/command.ts'
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
  const nothing = 'The feed is refused, nothing was written:\n'
  console.error(err instanceof FeedRefused ? nothing + err.message : explained(err))
  process.exitCode = 1
} finally {
  connection?.close()
}
