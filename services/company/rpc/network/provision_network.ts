import type { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import type { Handler } from '#kit'
import { companyOf } from '../../companies.ts'
import type { Ctx } from '../../context.ts'
import { generateTrips } from '../../generate.ts'
import { writeNetwork } from '../../network/writer.ts'

/** Writes a company's network for it, when the suite is set up, and makes its first trips. */
export const provisionNetwork =
  (ctx: Ctx): Handler<typeof NetworkService.method.provisionNetwork> =>
  async ({ tenantId, network, generateDayCount: dayCount }) => {
    const company = await companyOf(ctx, tenantId)
    const changes = await ctx.db.transaction(
      (tx) => writeNetwork(ctx, tx, company, [network!]), // required by the contract
      { tenantId: company.tenantId },
    )
    const range = { fromDate: undefined, dayCount, scheduleId: undefined }
    const { createdCount } = await generateTrips(ctx, company, range)
    return { changes, createdTripCount: createdCount }
  }
