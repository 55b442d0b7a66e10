import type { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { lockImport, markDropped } from '../../store/imports.ts'
import { tenantOf } from '../common.ts'

/** Drops an import that was not applied; dropped again it stays so. */
export const dropImport =
  (ctx: Ctx): Handler<typeof NetworkService.method.dropImport> =>
  async ({ importId }, call) => {
    const tenantId = tenantOf(call)
    await ctx.db.transaction(async (tx) => {
      const found = await lockImport(tx, tenantId, importId)
      if (!found) throw refuse('IMPORT_UNKNOWN', 'no such import', { import_id: importId })
      if (found.applyTime) throw refuse('IMPORT_APPLIED', 'the import was applied', { import_id: importId })
      if (!found.dropTime) await markDropped(tx, found, ctx.clock.now())
    })
    return {}
  }
