import { type Handler, sessionOf } from '#kit'
import type { BoardingService } from '#gen/tms/ticketing/v1/boarding_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { writeRules } from '../../store/boarding_rules.ts'
import { rulesFromProto, rulesToProto } from '../../wire/boarding_rules.ts'

/** Sets how the caller's company boards. */
export const setBoardingRules =
  (ctx: Ctx): Handler<typeof BoardingService.method.setBoardingRules> =>
  async (req, call) => {
    const { tenantId = '', userId } = sessionOf(call)
    // Required by the contract.
    const rules = rulesFromProto(req.rules!)
    await ctx.db.transaction((tx) => writeRules(tx, tenantId, rules, { userId, now: ctx.clock.now() }))
    return { rules: rulesToProto(rules) }
  }
