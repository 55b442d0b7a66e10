import type { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { deleteImport, lockImport } from '../../store/imports.ts'
import { tenantOf } from '../common.ts'

/** Forgets an import that was not applied; one that is not there is forgotten already. */
export const dropImport =
  (ctx: Ctx): Handler<typeof NetworkService.method.dropImport> =>
  async ({ importId }, call) => {
    const tenantId = tenantOf(call)
    await ctx.db.transaction(async (tx) => {
      const found = await lockImport(tx, tenantId, importId)
      if (found?.applyTime) throw refuse('IMPORT_APPLIED', 'the import was applied', { import_id: importId })
      await deleteImport(tx, tenantId, importId)
    })
    return {}
  }
