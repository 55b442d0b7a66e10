import { every } from '#kit'
import type { Ctx } from '../context.ts'
import { deleteStaleImports } from '../store/imports.ts'

const HOUR_MS = 3_600_000

/** Forgets imports that were begun and never applied. */
export const dropStaleImports = every({ seconds: 3600 }, 'drop-stale-imports', async (ctx: Ctx) => {
  const before = new Date(ctx.clock.now().getTime() - ctx.settings.importKeepHours * HOUR_MS)
  // Of every company: nobody else cleans up after a client that has gone.
  const count = await deleteStaleImports(ctx.db.system, before)
  if (count > 0) ctx.log.info({ count }, 'imports that were never applied are dropped')
})
