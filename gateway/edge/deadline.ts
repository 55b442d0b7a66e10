import type { Req } from './http.ts'

const CONNECT_TIMEOUT = 'connect-timeout-ms'
const GRPC_TIMEOUT = 'grpc-timeout'
const unitMs: Readonly<Record<string, number>> = { n: 1e-6, u: 1e-3, m: 1, S: 1e3, M: 6e4, H: 3.6e6 }

/**
 * The time that the caller gave, in milliseconds; undefined when it gave none.
 *
 * Sources: Connect protocol (`Connect-Timeout-Ms`, up to ten digits), gRPC over HTTP/2 (`grpc-timeout`, up to eight digits
 * and a unit). What is malformed is left for the service to refuse.
 */
export function timeoutMs(req: Req): number | undefined {
  const connect = req.headers[CONNECT_TIMEOUT]
  if (typeof connect === 'string') return /^\d{1,10}$/.test(connect) ? Number(connect) : undefined
  const grpc = req.headers[GRPC_TIMEOUT]
  const match = typeof grpc === 'string' ? /^(\d{1,8})([numSMH])$/.exec(grpc) : null
  return match ? Number(match[1]) * (unitMs[match[2] ?? ''] ?? 1) : undefined
}

/** Writes the time that is left over the caller's own, in the words of the caller's protocol. */
export function passOnTimeout(req: Req, leftMs: number): void {
  const left = Math.max(1, Math.floor(leftMs))
  if (isGrpc(req)) req.headers[GRPC_TIMEOUT] = grpcTimeout(left)
  else req.headers[CONNECT_TIMEOUT] = left.toString()
}

/** Whether the caller speaks gRPC or gRPC-web. */
function isGrpc(req: Req): boolean {
  return (req.headers['content-type'] ?? '').startsWith('application/grpc')
}

/** Eight digits are the most that gRPC allows. */
function grpcTimeout(ms: number): string {
  return ms < 100_000_000 ? `${ms}m` : `${Math.floor(ms / 1000)}S`
}
