import { create, fromBinary, fromJsonString, type MessageInitShape, toBinary, toJsonString } from '@bufbuild/protobuf'
import { ClientFrameSchema, type ServerFrame, ServerFrameSchema } from '../../../../gen/tms/tracking/v1/live_pb.ts'

/** How frames are written; JSON is three times as long, and readable in the tools of a browser. */
export type FollowFormat = 'protobuf' | 'json'

type Said = NonNullable<MessageInitShape<typeof ClientFrameSchema>['frame']>

/** The subprotocol that stands for a format. */
export function subprotocolOf(format: FollowFormat): string {
  return `tms.live.v1.${format}`
}

/** Writes one frame. */
export function writeFrame(format: FollowFormat, frame: Said): string | Uint8Array<ArrayBuffer> {
  const message = create(ClientFrameSchema, { frame })
  return format === 'json' ? toJsonString(ClientFrameSchema, message) : toBinary(ClientFrameSchema, message)
}

/** Reads one frame. A node that is newer than this client may say more than it understands. @throws when it is none */
export function readFrame(data: unknown): ServerFrame['frame'] {
  return typeof data === 'string'
    ? fromJsonString(ServerFrameSchema, data, { ignoreUnknownFields: true }).frame
    : fromBinary(ServerFrameSchema, new Uint8Array(data as ArrayBuffer)).frame
}
