import type { Handler } from '#kit'
import type { DisruptionService } from '#gen/tms/ticketing/v1/disruption_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { findChoice } from '../../steps/find_choice.ts'
import { choicesToProto } from '../../steps/show_choices.ts'

/** Shows what the passenger of a cancelled trip may choose. */
export const getTripChoice =
  (ctx: Ctx): Handler<typeof DisruptionService.method.getTripChoice> =>
  async (req) => {
    const { choice } = await findChoice(ctx, req)
    // All rows: code and phone together were the key.
    const [shown] = await choicesToProto(ctx.db.system, [choice])
    return { choice: shown }
  }
