import type { Context } from '#kit'
import type { Settings } from './config.ts'

/** auth calls nobody: everybody needs it to be up. */
export const calls = {}

/** What every part of auth is given. */
export type Ctx = Context<typeof calls, Settings>
