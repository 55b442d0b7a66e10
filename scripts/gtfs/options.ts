import { UserError } from '#kit'
import { optionsOf } from '../command/command.ts'

/** What the command was asked to do. */
export type ImportOptions = {
  readonly file: string
  readonly companySlug: string
  /** How many days of trips to make, today included. */
  readonly dayCount: number
  readonly baseUrl: string
  /** An access token; else phone number and password sign in. */
  readonly token: string | undefined
  readonly phone: string | undefined
  readonly password: string | undefined
}

/** How the command is called. */
export const usage = `npm run import:gtfs -- FILE.zip --company SLUG [--days 14] [--token TOKEN]
  Signs in by --token, or by TMS_PHONE and TMS_PASSWORD; the managers of the demo companies need neither.
  TMS_URL says where the suite is (http://127.0.0.1:8000).`

/** Reads the command line. @throws {UserError} that says how to call it */
export function parseImportOptions(args: readonly string[], env: NodeJS.ProcessEnv): ImportOptions {
  const { values, positionals } = optionsOf(usage, {
    args: [...args],
    allowPositionals: true,
    options: { company: { type: 'string' }, days: { type: 'string', default: '14' }, token: { type: 'string' } },
  })
  const [file, ...more] = positionals
  const { company } = values
  if (file === undefined || more.length > 0 || company === undefined) throw new UserError(usage)
  const dayCount = Number(values.days)
  if (!Number.isInteger(dayCount) || dayCount < 0 || dayCount > 60) {
    throw new UserError(`--days ${values.days} is not a number from 0 to 60.`)
  }
  return {
    file,
    companySlug: company,
    dayCount,
    baseUrl: env['TMS_URL'] ?? 'http://127.0.0.1:8000',
    token: values.token,
    phone: env['TMS_PHONE'],
    password: env['TMS_PASSWORD'],
  }
}
