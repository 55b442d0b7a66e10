import { readFileSync } from 'node:fs'
import { UserError } from './user_error.ts'

/** One setting: its variable, what it means, and how its text becomes a value. */
export type Setting<T> = {
  readonly variable: string
  readonly help: string
  readonly secret: boolean
  readonly defaultText: string | undefined
  readonly parse: (text: string) => T
}

/** The settings of a service by the name its code uses. */
export type SettingsSpec = Readonly<Record<string, Setting<unknown>>>

/** The values of a settings table. */
export type SettingsOf<Spec extends SettingsSpec> = {
  readonly [Name in keyof Spec]: Spec[Name] extends Setting<infer T> ? T : never
}

type Options<T> = { readonly default?: T; readonly help: string }

function setting<T>(
  variable: string,
  options: Options<T>,
  parse: (text: string) => T,
  print: (value: T) => string = String,
): Setting<T> {
  const defaultText = options.default === undefined ? undefined : print(options.default)
  return { variable, help: options.help, secret: false, defaultText, parse }
}

/** A text that may not be empty. */
export function text(variable: string, options: Options<string>): Setting<string> {
  return setting(variable, options, (value) => value)
}

/** As {@link text}, never printed; `<VARIABLE>_FILE` may name a file that holds it. */
export function secret(variable: string, options: Options<string>): Setting<string> {
  return { ...text(variable, options), secret: true }
}

/** A whole number, with bounds. */
export function integer(
  variable: string,
  options: Options<number> & { readonly min?: number; readonly max?: number },
): Setting<number> {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = options
  return setting(variable, options, (value) => {
    const parsed = Number(value)
    if (!Number.isSafeInteger(parsed) || parsed < min || parsed > max) {
      throw new RangeError(`must be a whole number from ${min} to ${max}`)
    }
    return parsed
  })
}

/** `true` or `false`. */
export function flag(variable: string, options: Options<boolean>): Setting<boolean> {
  return setting(variable, options, (value) => {
    if (value !== 'true' && value !== 'false') throw new RangeError('must be true or false')
    return value === 'true'
  })
}

/** An absolute URL, without a slash at its end. */
export function url(variable: string, options: Options<string>): Setting<string> {
  return setting(variable, options, (value) => {
    if (!URL.canParse(value)) throw new RangeError('must be an absolute URL')
    return value.replace(/\/+$/, '')
  })
}

/** Texts parted by commas; empty entries are dropped. */
export function list(variable: string, options: Options<readonly string[]>): Setting<readonly string[]> {
  const parse = (value: string) =>
    value
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '')
  return setting<readonly string[]>(variable, options, parse, (value) => value.join(','))
}

/**
 * Reads every setting from the environment, or from the file that `<VARIABLE>_FILE` names.
 *
 * @throws {UserError} once, naming every fault
 */
export function readSettings<Spec extends SettingsSpec>(
  spec: Spec,
  env: Readonly<Record<string, string | undefined>>,
): SettingsOf<Spec> {
  const faults: string[] = []
  const values = Object.entries(spec).map(([name, one]) => {
    try {
      return [name, one.parse(textOf(one, env))]
    } catch (fault) {
      faults.push(`${one.variable} ${fault instanceof Error ? fault.message : String(fault)} (${one.help})`)
      return [name, undefined]
    }
  })
  if (faults.length > 0) throw new UserError(`Settings: ${faults.join('; ')}.`)
  return Object.fromEntries(values) as SettingsOf<Spec>
}

function textOf(one: Setting<unknown>, env: Readonly<Record<string, string | undefined>>): string {
  const file = env[`${one.variable}_FILE`]
  const value = file === undefined ? env[one.variable] : readFileSync(file, 'utf8').trim()
  // An empty variable is how compose files say "not set".
  if (value !== undefined && value !== '') return value
  if (one.defaultText === undefined) throw new RangeError('is not set')
  return one.defaultText
}
