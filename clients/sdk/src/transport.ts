import { Code, ConnectError, type Interceptor, type Transport } from '@connectrpc/connect'
import type { UniversalClientFn } from '@connectrpc/connect/protocol'
import { createTransport } from '@connectrpc/connect/protocol-connect'

/** Largest message that is read; the suite answers with less. */
const readMaxBytes = 16 << 20

/**
 * Speaks the Connect protocol by `fetch`: what every browser has, and every runtime of today.
 *
 * Calls and server streams work; a browser cannot stream requests.
 */
export function fetchTransport(baseUrl: string, fetchFn: typeof fetch, interceptors: Interceptor[]): Transport {
  return createTransport({
    baseUrl: baseUrl.replace(/\/+$/, ''),
    httpClient: fetchClient(fetchFn),
    interceptors,
    useBinaryFormat: true,
    acceptCompression: [], // the browser negotiates and unpacks by itself
    sendCompression: null,
    compressMinBytes: 1024,
    readMaxBytes,
    writeMaxBytes: readMaxBytes,
  })
}

/** Unlike the client in connect's own package, sends the body in one piece: streamed requests need HTTP/2 and Chromium. */
function fetchClient(fetchFn: typeof fetch): UniversalClientFn {
  return async ({ url, method, header, body, signal }) => {
    const init: RequestInit = { method, headers: header, redirect: 'error', credentials: 'omit' }
    if (signal) init.signal = signal
    if (body) init.body = await gathered(body)
    try {
      const response = await fetchFn(url, init)
      const trailer = new Headers()
      return { status: response.status, header: headerOf(response), body: chunksOf(response.body), trailer }
    } catch (err) {
      throw unreachable(err, signal)
    }
  }
}

/** `fetch` unpacks the body and leaves the headers of the packed one: it would be unpacked again, and cut at its length. */
function headerOf(response: Response): Headers {
  const header = new Headers(response.headers)
  if (header.has('content-encoding')) header.delete('content-length')
  header.delete('content-encoding')
  return header
}

async function gathered(body: AsyncIterable<Uint8Array>): Promise<Blob> {
  const parts: BlobPart[] = []
  for await (const part of body) parts.push(Uint8Array.from(part))
  return new Blob(parts)
}

async function* chunksOf(body: ReadableStream<Uint8Array> | null): AsyncIterable<Uint8Array> {
  const reader = body?.getReader()
  if (!reader) return
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } catch (err) {
    throw unreachable(err, undefined)
  } finally {
    // Ends the response on the wire when its reader stopped early.
    await reader.cancel().catch(() => undefined)
  }
}

/** `fetch` tells all faults of the network as one TypeError. */
function unreachable(err: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true || err instanceof ConnectError) return err
  if (err instanceof DOMException && err.name === 'AbortError') return err
  return new ConnectError('the service cannot be reached', Code.Unavailable, undefined, undefined, err)
}
