import { fromBinary } from '@bufbuild/protobuf'
import { type NetworkPart, NetworkPartSchema } from '#gen/tms/company/v1/network_pb.ts'
import type { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import type { Handler, Tx } from '#kit'
import { companyOf } from '../../companies.ts'
import type { Ctx } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { writeNetwork } from '../../network/writer.ts'
import { closeImport, partNumbers, readPart } from '../../store/imports.ts'
import { tenantOf } from '../common.ts'
import { requireImport } from './upload_import_part.ts'

/** Writes an imported network: all of it in one transaction, or none. */
export const applyImport =
  (ctx: Ctx): Handler<typeof NetworkService.method.applyImport> =>
  async ({ importId, partCount }, call) => {
    const company = await companyOf(ctx, tenantOf(call))
    const { tenantId } = company
    return ctx.db.transaction(async (tx) => {
      const open = await requireImport(tx, tenantId, importId)
      if (open.changes) return { changes: open.changes }
      await requireComplete(tx, tenantId, importId, partCount)
      const changes = await writeNetwork(ctx, tx, company, partsOf(tx, tenantId, importId, partCount))
      await closeImport(tx, open, changes, ctx.clock.now())
      return { changes }
    })
  }

async function requireComplete(tx: Tx, tenantId: string, importId: string, partCount: number): Promise<void> {
  const received = await partNumbers(tx, tenantId, importId)
  if (received.length === partCount && received.at(-1) === partCount - 1) return
  throw refuse('IMPORT_INCOMPLETE', `${received.length} of ${partCount} parts are here`, {
    received: String(received.length),
    expected: String(partCount),
  })
}

/** One part at a time: a network need not fit into memory. */
async function* partsOf(tx: Tx, tenantId: string, importId: string, partCount: number): AsyncGenerator<NetworkPart> {
  for (let partNumber = 0; partNumber < partCount; partNumber++) {
    const content = await readPart(tx, tenantId, importId, partNumber)
    yield fromBinary(NetworkPartSchema, content!) // requireComplete has seen it
  }
}
