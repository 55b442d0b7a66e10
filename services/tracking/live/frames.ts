import { create, fromBinary, fromJsonString, type MessageInitShape, toBinary, toJsonString } from '@bufbuild/protobuf'
import {
  type ClientFrame,
  ClientFrameSchema,
  type ServerFrame,
  ServerFrameSchema,
} from '#gen/tms/tracking/v1/live_pb.ts'
import { PositionBatchSchema, type PositionUpdate } from '#gen/tms/tracking/v1/position_pb.ts'

/** What the node says in one frame. */
export type Said = MessageInitShape<typeof ServerFrameSchema>['frame']

/** How frames are written on a socket; its subprotocol names it. */
export type Format = {
  readonly name: 'protobuf' | 'json'
  readonly subprotocol: string
  readonly isBinary: boolean
  /** @throws {Error} when the bytes are no frame */
  read(bytes: ArrayBuffer): ClientFrame
  write(frame: ServerFrame): Uint8Array | string
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

const protobuf: Format = {
  name: 'protobuf',
  subprotocol: 'tms.live.v1.protobuf',
  isBinary: true,
  read: (bytes) => fromBinary(ClientFrameSchema, new Uint8Array(bytes)),
  write: (frame) => toBinary(ServerFrameSchema, frame),
}

const json: Format = {
  name: 'json',
  subprotocol: 'tms.live.v1.json',
  isBinary: false,
  read: (bytes) => fromJsonString(ClientFrameSchema, utf8.decode(bytes)),
  write: (frame) => toJsonString(ServerFrameSchema, frame),
}

/** Both ways to write frames. */
export const formats: readonly Format[] = [protobuf, json]

/** The first format that a client offers by `sec-websocket-protocol`; undefined when it offers none of ours. */
export function formatOffered(header: string): Format | undefined {
  const offered = header.split(',').map((name) => name.trim())
  const name = offered.find((one) => formats.some(({ subprotocol }) => subprotocol === one))
  return formats.find(({ subprotocol }) => subprotocol === name)
}

/** A frame that answers a client's frame; 0 for one that answers none. */
export function serverFrame(request: number, frame: Said): ServerFrame {
  return create(ServerFrameSchema, frame === undefined ? { request } : { request, frame })
}

/** Positions for everybody who follows a feed, in each format at most once, and only when somebody wants it. */
export function positionsFrame(feed: string, updates: readonly PositionUpdate[]): ServerFrame {
  return serverFrame(0, { case: 'positions', value: { feed, updates: [...updates] } })
}

const POSITIONS_TAG = (6 << 3) | 2
const FEED_TAG = (2 << 3) | 2

/**
 * The bytes of {@link positionsFrame}, made of a batch that is encoded already.
 *
 * PositionBatch and Positions have `updates` under the same number, so that the batch's bytes and the field `feed` behind
 * them are a Positions; decoding and encoding every position again would cost more than sending it.
 */
export function wrapBatch(feed: string, batch: Uint8Array): Uint8Array {
  const name = Buffer.from(feed)
  const feedHead = [FEED_TAG, ...varint(name.length)]
  const head = [POSITIONS_TAG, ...varint(batch.length + feedHead.length + name.length)]
  return Buffer.concat([Uint8Array.from(head), batch, Uint8Array.from(feedHead), name])
}

function varint(value: number): number[] {
  const bytes: number[] = []
  for (; value > 0x7f; value >>>= 7) bytes.push((value & 0x7f) | 0x80)
  return [...bytes, value]
}

/** Reads what ingest publishes. @throws {Error} when the bytes are no batch */
export function updatesOf(batch: Uint8Array): PositionUpdate[] {
  return fromBinary(PositionBatchSchema, batch).updates
}
