import type { Context } from '#kit'
import type { Settings } from './config.ts'

/** Calls nobody: events bring all that a message says. */
type NoPeers = Readonly<Record<string, never>>

export type Ctx = Context<NoPeers, Settings>
