import type { Keyring } from './seal.ts'

let held: Keyring | undefined

/** Gives this process its keys. A process hosts one payment service, and drizzle's columns are the process's. */
export function holdKeys(keyring: Keyring): void {
  held = keyring
}

/** The keys of this process. @throws {Error} before it has any */
export function keys(): Keyring {
  if (!held) throw new Error('no key to seal columns with: the service sets it before anything else')
  return held
}
