import type { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../../context.ts'
import { insertImport } from '../../store/imports.ts'
import { insertAs, tenantOf } from '../common.ts'

/** Opens an import. */
export const startImport =
  (ctx: Ctx): Handler<typeof NetworkService.method.startImport> =>
  async (req, call) => {
    const { importId, source } = req
    const row = { tenantId: tenantOf(call), importId, source, createTime: ctx.clock.now() }
    return ctx.db.once(call, req, async (tx) => {
      await insertAs(importId, () => insertImport(tx, { ...row, applyTime: null, dropTime: null, changes: null }))
      return {}
    })
  }
