// Starts the suite, or the services named on the command line: npm start -- [--fresh] [service …]
import { isDriverFault } from './main/driver_fault.ts'
import { parseStartOptions } from './main/options.ts'
import { startProcess } from './main/process.ts'
import { UserError } from '#kit'

/** A shutdown that hangs is ended after this time, so that whoever restarts us need not kill. */
const SHUTDOWN_LIMIT_MS = 9_500

process.on('uncaughtException', (err) => {
  if (isDriverFault(err)) return
  console.error(err)
  process.exit(1)
})

try {
  const running = await startProcess(parseStartOptions(process.argv.slice(2)), process.env)
  let stopping = false
  const stop = () => {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(1), SHUTDOWN_LIMIT_MS).unref()
    running.stop().then(
      () => process.exit(0),
      (err: unknown) => {
        console.error(err)
        process.exit(1)
      },
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop)
} catch (err) {
  console.error(err instanceof UserError ? err.message : err)
  process.exit(1)
}
