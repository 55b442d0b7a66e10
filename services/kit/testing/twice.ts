import { MethodOptions_IdempotencyLevel as Level } from '@bufbuild/protobuf/wkt'
import type { Transport } from '@connectrpc/connect'

/**
 * Sends every call twice whose contract says that it may be repeated, and answers with the second answer.
 *
 * A repeat that fails where the first succeeded is a fault of the service, and thrown as such.
 */
export function sendTwice(base: Transport): Transport {
  return {
    ...base,
    unary: async (method, signal, timeoutMs, header, input, contextValues) => {
      const send = () => base.unary(method, signal, timeoutMs, new Headers(header), input, contextValues)
      const first = await send()
      const { idempotency } = method
      if (idempotency !== Level.IDEMPOTENT && idempotency !== Level.NO_SIDE_EFFECTS) return first
      try {
        return await send()
      } catch (cause) {
        throw new Error(`${method.parent.typeName}.${method.name} succeeded, and its repeat failed`, { cause })
      }
    },
  }
}
