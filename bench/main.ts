// Runs one benchmark: npm run bench -- <name> [options]. Its last line is one JSON object.
import { UserError } from '#kit'

const benches: Readonly<Record<string, () => Promise<{ readonly run: (args: readonly string[]) => Promise<object> }>>> =
  {
    booking: () => import('./booking/run.ts'),
    ingest: () => import('./ingest/run.ts'),
    eta: () => import('./eta/run.ts'),
    fanout: () => import('./fanout/run.ts'),
    live: () => import('./live/run.ts'),
    ledger: () => import('./ledger/run.ts'),
    search: () => import('./search/run.ts'),
    pages: () => import('./pages/run.ts'),
    possync: () => import('./possync/run.ts'),
    payment: () => import('./payment/run.ts'),
  }

try {
  const [name = '', ...args] = process.argv.slice(2)
  const load = benches[name]
  if (!load) throw new UserError(`npm run bench -- ${Object.keys(benches).join(' | ')}`)
  const { run } = await load()
  console.log(JSON.stringify(await run(args)))
  process.exit(0)
} catch (err) {
  console.error(err instanceof UserError ? err.message : err)
  process.exit(1)
}
