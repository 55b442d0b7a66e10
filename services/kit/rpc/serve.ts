import type { Interceptor, StreamResponse, UnaryResponse } from '@connectrpc/connect'
import { type CallState, iterateInCall } from '../call.ts'
import { sessionKey } from '../session.ts'
import { CORRELATION_ID } from './headers.ts'
import { servedCall, type ServedCall, type ServeOptions } from './served_call.ts'
import { validate } from './validation.ts'

type Served = UnaryResponse | StreamResponse
type Request = Parameters<ReturnType<Interceptor>>[0]

/**
 * The one server interceptor of the suite: trace, log, deadline, session, policy, validation, errors, in this order.
 *
 * One function rather than seven, because each layer costs every call its promise and its closure.
 */
export function serveCalls(options: ServeOptions): Interceptor {
  return (next) => async (req) => {
    const { method, header, signal, stream: isStream } = req
    const call = servedCall(options, { method, header, signal, isStream })
    try {
      return await call.run(async (state) => {
        req.contextValues.set(sessionKey, state.session)
        if (!req.stream) validate(method.input, req.message)
        return wrapStream(state, await next(req.stream ? validated(req) : req), call)
      })
    } catch (err) {
      call.finish(err)
      throw call.refusal(err)
    }
  }
}

function validated<R extends Request & { stream: true }>(req: R): R {
  const { input } = req.method
  const messages = req.message[Symbol.asyncIterator]()
  // By hand rather than by a generator, which would cost each message of a busy stream three promises more.
  const message: AsyncIterableIterator<typeof req.message extends AsyncIterable<infer M> ? M : never> = {
    [Symbol.asyncIterator]: () => message,
    next: async () => {
      const next = await messages.next()
      if (next.done !== true) validate(input, next.value)
      return next
    },
    return: async (value: unknown) => {
      await messages.return?.(value)
      return { done: true, value: undefined }
    },
  }
  return { ...req, message }
}

function wrapStream(state: CallState, response: Served, call: ServedCall): Served {
  response.header.set(CORRELATION_ID, call.correlationId)
  if (!response.stream) {
    call.finish()
    return response
  }
  const messages = response.message
  const message = (async function* () {
    try {
      yield* iterateInCall(state, messages)
      call.finish()
    } catch (err) {
      call.finish(err)
      throw call.refusal(err)
    }
  })()
  return { ...response, message }
}
