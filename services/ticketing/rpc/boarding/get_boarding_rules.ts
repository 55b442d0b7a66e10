import { type Handler, sessionOf } from '#kit'
import type { BoardingService } from '#gen/tms/ticketing/v1/boarding_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { readRules } from '../../store/boarding_rules.ts'
import { rulesToProto } from '../../wire/boarding_rules.ts'

/** How the caller's company boards. */
export const getBoardingRules =
  (ctx: Ctx): Handler<typeof BoardingService.method.getBoardingRules> =>
  async (_, call) => {
    const { tenantId = '' } = sessionOf(call)
    return { rules: rulesToProto(await ctx.db.transaction((tx) => readRules(tx, tenantId))) }
  }
