import { hash, parseOptions, verify } from '@node-rs/argon2'
import { canonicalPassword } from '../domain/password.ts'
import type { Settings } from '../config.ts'

/** Hashing by argon2id (RFC 9106), in the thread pool of the addon. */
export type Passwords = {
  readonly hash: (password: string) => Promise<string>
  /**
   * Checks a password in the same time whether or not there is an account with one.
   *
   * @param stored undefined when there is none: then a hash that nothing matches is checked
   */
  readonly matches: (stored: string | undefined, password: string) => Promise<boolean>
  /** Whether a hash was made with other parameters than are set now. */
  readonly isOutdated: (stored: string) => boolean
}

type ArgonSettings = Pick<Settings, 'argonMemoryKib' | 'argonPasses' | 'argonLanes'>

/** The parameters are those that OWASP's password storage cheat sheet names, unless the settings say otherwise. */
export function passwordsWith(settings: ArgonSettings): Passwords {
  const options = {
    memoryCost: settings.argonMemoryKib,
    timeCost: settings.argonPasses,
    parallelism: settings.argonLanes,
  }
  const make = (password: string) => hash(canonicalPassword(password), options)
  // Made at once: the first stranger must not wait for it, or the wait would tell.
  const decoy = make(crypto.randomUUID())
  return {
    hash: make,
    matches: async (stored, password) => {
      const matched = await verify(stored ?? (await decoy), canonicalPassword(password))
      return matched && stored !== undefined
    },
    isOutdated: (stored) => {
      const made = parseOptions(stored)
      return (
        made.memoryCost !== options.memoryCost ||
        made.timeCost !== options.timeCost ||
        made.parallelism !== options.parallelism
      )
    },
  }
}
