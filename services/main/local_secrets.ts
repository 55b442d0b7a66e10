import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Secrets that every installation must have of its own. */
const SECRETS = ['AUTH_KEY', 'QR_KEY', 'PAYMENT_KEY']

type Env = Readonly<Record<string, string | undefined>>

/**
 * Gives a suite on one machine its own secrets, kept beside its data; what the environment sets is left alone.
 *
 * In production nothing is made up: a secret that is not set must stop the start.
 */
export function withLocalSecrets(env: Env, dir: string): Env {
  if (env['NODE_ENV'] === 'production') return env
  const missing = SECRETS.filter((name) => !env[name] && !env[`${name}_FILE`])
  return { ...env, ...Object.fromEntries(missing.map((name) => [name, secretIn(join(dir, 'secrets'), name)])) }
}

function secretIn(folder: string, name: string): string {
  const file = join(folder, name)
  if (existsSync(file)) return readFileSync(file, 'utf8')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const made = randomBytes(32).toString('base64url')
  writeFileSync(file, made, { mode: 0o600 })
  return made
}
