import { type Handler, nextPageToken, pageOf, sessionOf } from '#kit'
import { PaymentIntent_State as State } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import type { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import type { Ctx } from '../context.ts'
import { intentToProto, shownTo } from '../convert.ts'
import type { IntentState } from '../domain/states.ts'
import { type IntentCursor, listIntents } from '../store/intents.ts'
import { PAGE } from './page.ts'

/** The intents of the caller's company, newest first. */
export const listPaymentIntents =
  (ctx: Ctx): Handler<typeof PaymentService.method.listPaymentIntents> =>
  async (req, call) => {
    const session = sessionOf(call)
    const { limit, after } = pageOf<IntentCursor>(req, PAGE)
    const filter = { limit, after, state: stateName(req.state), tenantId: session.tenantId ?? '' }
    const views = await ctx.db.transaction((tx) => listIntents(tx, filter))
    return {
      paymentIntents: views.map((view) => shownTo(session, intentToProto(view))),
      nextPageToken: nextPageToken(views, limit, ({ intent }): IntentCursor => {
        return { createTime: intent.createTime.toISOString(), paymentIntentId: intent.paymentIntentId }
      }),
    }
  }

function stateName(state: State): IntentState | undefined {
  if (state === State.UNSPECIFIED) return undefined
  return Object.entries(State).find(([, value]) => value === state)?.[0] as IntentState | undefined
}
