import { refuseCall } from '#kit'
import type { ConnectError } from '@connectrpc/connect'
import type { Req } from '../edge/http.ts'

/** The refusal of a request that is larger than allowed. */
export function tooLarge(maxBytes: number): ConnectError {
  const facts = { limit: maxBytes.toString() }
  return refuseCall('REQUEST_TOO_LARGE', `a request may have ${maxBytes} bytes at most`, facts)
}

/**
 * Lets a service of this process read so much of a body and no more: what comes beyond is thrown at the reader as a
 * refusal, which it answers in the caller's protocol. Clients of HTTP/2 seldom say beforehand how much they will send.
 *
 * An iterator by hand rather than a generator, which would cost each call a few promises more.
 */
export function limitBody(req: Req, maxBytes: number): void {
  const iterate = req[Symbol.asyncIterator].bind(req)
  const limited = () => {
    const chunks = iterate()
    let bytes = 0
    const check = (read: IteratorResult<Buffer, undefined>) => {
      if (read.done !== true && (bytes += read.value.length) > maxBytes) throw tooLarge(maxBytes)
      return read
    }
    return { ...wrapped(chunks), next: () => chunks.next().then(check) }
  }
  Object.defineProperty(req, Symbol.asyncIterator, { value: limited })
}

function wrapped(chunks: AsyncIterator<Buffer, undefined>) {
  return {
    return: (value?: undefined) => chunks.return?.(value) ?? Promise.resolve({ done: true as const, value: undefined }),
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
