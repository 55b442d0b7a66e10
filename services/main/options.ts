import { UserError } from '#kit'
import { type ServiceName, serviceNames } from '../roster.ts'

/** What the command line asks for. */
export type StartOptions = {
  readonly services: readonly ServiceName[]
  /** Whether the outside world is started as well. */
  readonly sandbox: boolean
  readonly fresh: boolean
  /** Whether this process is the whole suite: then it needs no inner port and seeds the demo network. */
  readonly whole: boolean
}

/**
 * Reads `npm start -- [--fresh] [service …]`.
 *
 * @throws {UserError} for a name or flag that there is none of
 */
export function parseStartOptions(args: readonly string[]): StartOptions {
  const flags = args.filter((arg) => arg.startsWith('-'))
  const names = args.filter((arg) => !arg.startsWith('-'))
  const unknownFlag = flags.find((flag) => flag !== '--fresh')
  if (unknownFlag !== undefined) throw new UserError(`There is no option ${unknownFlag}; --fresh begins with no data.`)
  const known = [...serviceNames, 'sandbox']
  const unknownName = names.find((name) => !known.includes(name))
  if (unknownName !== undefined)
    throw new UserError(`There is no service ${unknownName}; there are ${known.join(', ')}.`)
  const whole = names.length === 0
  return {
    services: whole ? serviceNames : serviceNames.filter((name) => names.includes(name)),
    sandbox: whole || names.includes('sandbox'),
    fresh: flags.includes('--fresh'),
    whole,
  }
}
