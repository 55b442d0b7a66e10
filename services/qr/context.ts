import type { Context } from '#kit'
import type { Settings } from './config.ts'

export type Ctx = Context<Record<never, never>, Settings>
