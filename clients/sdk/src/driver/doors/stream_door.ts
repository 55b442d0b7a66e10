import { create } from '@bufbuild/protobuf'
import type { Client } from '@connectrpc/connect'
import {
  type StreamPositionsRequest,
  StreamPositionsRequestSchema,
  type TrackingService,
} from '../../../../../gen/tms/tracking/v1/tracking_service_pb.ts'
import { Feed } from '../feed.ts'
import type { Door } from './door.ts'

/** A stream in both directions, for Node and for apps whose HTTP/2 can do that: the least work and the soonest answer. */
export function streamDoor(client: Client<typeof TrackingService>): Door {
  return (hello, signal) => {
    const frames = new Feed<StreamPositionsRequest>()
    frames.put(create(StreamPositionsRequestSchema, { frame: { case: 'open', value: hello } }))
    signal.addEventListener('abort', () => frames.end(), { once: true })
    return {
      say: (frame) => frames.put(create(StreamPositionsRequestSchema, { frame })),
      // No deadline: it lasts as long as the trip.
      answers: client.streamPositions(frames, { signal, timeoutMs: 0 }),
    }
  }
}
