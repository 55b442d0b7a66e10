import { toBinary } from '@bufbuild/protobuf'
import { NetworkPartSchema } from '#gen/tms/company/v1/network_pb.ts'
import type { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import type { Handler, Queries } from '#kit'
import type { Ctx } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { type ImportRow, keepPart, lockImport } from '../../store/imports.ts'
import { tenantOf } from '../common.ts'

/** Keeps one part of an import until it is applied. */
export const uploadImportPart =
  (ctx: Ctx): Handler<typeof NetworkService.method.uploadImportPart> =>
  async ({ importId, partNumber, part }, call) => {
    const tenantId = tenantOf(call)
    const content = Buffer.from(toBinary(NetworkPartSchema, part!)) // required by the contract
    await ctx.db.transaction(async (tx) => {
      const { applyTime } = await requireImport(tx, tenantId, importId)
      if (applyTime) throw refuse('IMPORT_APPLIED', 'the import was applied already', { import_id: importId })
      await keepPart(tx, { tenantId, importId, partNumber, content })
    })
    return {}
  }

/** An import, kept from others until this transaction is over. */
export async function requireImport(tx: Queries, tenantId: string, importId: string): Promise<ImportRow> {
  const found = await lockImport(tx, tenantId, importId)
  if (!found || found.dropTime)
    throw refuse('IMPORT_UNKNOWN', 'no such import, or it was dropped', { import_id: importId })
  return found
}
