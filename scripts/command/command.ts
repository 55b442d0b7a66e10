import { Code, ConnectError } from '@connectrpc/connect'
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { reasonOf, UserError } from '#kit'

/** Where the suite is, for every command that calls it. */
export function suiteUrl(): string {
  return process.env['TMS_URL'] ?? 'http://127.0.0.1:8000'
}

/**
 * Reads the options of a command.
 *
 * @param usage how the command is called: what `--help` prints, and what stands below what was wrong
 * @throws {UserError} with the usage, for an option that it does not have, and for `--help`
 */
export function optionsOf<const T extends ParseArgsConfig>(usage: string, config: T): ReturnType<typeof parseArgs<T>> {
  const { args = process.argv.slice(2) } = config
  if (args.includes('--help')) throw new UserError(usage)
  try {
    return parseArgs(config)
  } catch (err) {
    throw new UserError(`${err instanceof Error ? err.message : String(err)}\n${usage}`)
  }
}

/** What went wrong: one sentence for a person; whatever is unforeseen in full. */
export function explained(err: unknown): unknown {
  if (err instanceof UserError || err instanceof RangeError) return err.message
  if (!(err instanceof ConnectError)) return err
  if (err.code === Code.Unavailable) {
    return `The suite does not answer at ${suiteUrl()}: start it by \`npm start\`, or set TMS_URL to where it is.`
  }
  return `The suite refuses: ${reasonOf(err) ?? Code[err.code]}: ${err.rawMessage}`
}

/** Runs a command: says in a sentence what went wrong, and ends with 1 then. */
export async function run(work: () => Promise<void> | void, close: () => void = () => undefined): Promise<void> {
  try {
    await work()
  } catch (err) {
    console.error(explained(err))
    process.exitCode = 1
  } finally {
    close()
  }
}
