import type { Client } from '@connectrpc/connect'
import type { TrackingService } from '../../../../gen/tms/tracking/v1/tracking_service_pb.ts'
import { isPassing } from '../calls/watch.ts'
import type { LinkEnd, LinkEvents } from './link.ts'

/** What following by a stream needs. */
export type StreamParts = LinkEvents & {
  readonly tracking: Client<typeof TrackingService>
  readonly tripId: string
  /** After that the stream is left, and a socket tried again. */
  readonly forMs: number
  /** After the session was refused: whether another try makes sense. */
  readonly renew: (refusal: unknown) => Promise<boolean>
  readonly signal: AbortSignal
}

/**
 * Follows a trip by the server's stream, which goes wherever calls go: for networks that let no socket through.
 *
 * @throws {ConnectError} when it is refused
 */
export async function followByStream({ tracking, tripId, forMs, ...parts }: StreamParts): Promise<LinkEnd> {
  const { signal, onLive, onUpdates, renew } = parts
  const leaving = new AbortController()
  const leave = () => leaving.abort()
  const timer = setTimeout(leave, forMs)
  signal.addEventListener('abort', leave)
  let wasLive = false
  const lost = (): LinkEnd => ({ kind: 'LOST', wasLive, ...(leaving.signal.aborted && { reconnectAfterMs: 0 }) })
  try {
    for await (const { updates } of tracking.watchTrip({ tripId }, { signal: leaving.signal, timeoutMs: 0 })) {
      onUpdates(updates)
      if (!wasLive) onLive()
      wasLive = true
    }
    // The service ends it when the trip is not to be followed any more, and when it is stopped: the next try tells.
    return lost()
  } catch (err) {
    if (signal.aborted) return { kind: 'OVER' }
    if (leaving.signal.aborted || isPassing(err) || (await renew(err))) return lost()
    throw err
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', leave)
  }
}
