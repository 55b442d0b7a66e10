import type { Handler } from '#kit'
import type { PaymentService, ReceiveCallbackRequest } from '#gen/tms/payment/v1/payment_service_pb.ts'
import type { Ctx } from '../context.ts'
import { secondsAfter } from '../domain/schedule.ts'
import { refuse } from '../errors.ts'
import { inBackground } from '../flow/background.ts'
import { handleCallback } from '../flow/handle_callback.ts'
import { paybillStep, validatePaybill } from '../flow/paybill.ts'
import { findProviderByPath, readPathToken } from '../providers/index.ts'
import type { CallbackAnswer } from '../providers/provider.ts'
import { storeCallback } from '../store/callbacks.ts'
import type { CallbackRow } from '../store/schema.ts'

/** Whoever received a callback handles it within this time, or a job does. */
const HANDLING_SECONDS = 45

/** Never kept: what proves who somebody is has no place in a table of evidence. */
const SECRET_HEADERS = new Set(['authorization', 'cookie', 'proxy-authorization'])

/** Stores what a provider posted and answers; whether it is believed is decided afterwards. */
export const receiveCallback =
  (ctx: Ctx): Handler<typeof PaymentService.method.receiveCallback> =>
  async (req) => {
    const provider = findProviderByPath(ctx, req.provider)
    if (!provider) throw refuse('PROVIDER_UNKNOWN', 'no such provider', { provider: req.provider })
    if (provider.paybill && paybillStep(provider, req.pathToken) === 'VALIDATION') {
      return httpAnswer(await validatePaybill(ctx, provider.paybill, req.body))
    }
    const row = callbackOf(ctx, provider.name, req)
    const { token } = readPathToken(row.pathToken)
    // All rows: a callback is nobody's until it is believed.
    const attempt = await storeCallback(ctx.db.system, row, token, secondsAfter(row.receiveTime, HANDLING_SECONDS))
    inBackground(ctx, 'callback', () => handleCallback(ctx, row, 0, attempt))
    return httpAnswer(provider.callbackAnswer)
  }

function httpAnswer({ status, contentType, body }: CallbackAnswer) {
  return { httpStatus: status, contentType, body: Buffer.from(body) }
}

function callbackOf(ctx: Ctx, provider: string, req: ReceiveCallbackRequest): CallbackRow {
  const headers = Object.entries(req.headers).filter(([name]) => !SECRET_HEADERS.has(name.toLowerCase()))
  return {
    callbackId: ctx.newId(),
    provider,
    pathToken: req.pathToken,
    headers: Object.fromEntries(headers),
    body: req.body,
    sourceAddress: req.sourceAddress,
    receiveTime: ctx.clock.now(),
  }
}
