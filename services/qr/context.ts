import type { Context } from '#kit'
import type { Settings } from './config.ts'

/** Calls nobody: a ticket is signed and checked whatever else is down. */
type NoPeers = Readonly<Record<string, never>>

export type Ctx = Context<NoPeers, Settings>
