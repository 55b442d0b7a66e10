import { create, fromBinary, fromJsonString, type MessageInitShape, toBinary, toJsonString } from '@bufbuild/protobuf'
import { timestampMs } from '@bufbuild/protobuf/wkt'
import { expect, vi } from 'vitest'
import { ClientFrameSchema, type ServerFrame, ServerFrameSchema } from '#gen/tms/tracking/v1/live_pb.ts'
import type { PositionUpdate } from '#gen/tms/tracking/v1/position_pb.ts'

type Frame = MessageInitShape<typeof ClientFrameSchema>['frame']
type Case = NonNullable<ServerFrame['frame']['case']>
type Value<C extends Case> = Extract<ServerFrame['frame'], { case: C }>['value']

/** How a socket ended. */
export type End = { readonly code: number; readonly reason: string }

const PATIENCE_MS = 20_000

/** A client of a tracking node, as a test sees it. */
export class TestClient {
  readonly frames: ServerFrame[] = []
  readonly socket: WebSocket
  end: End | undefined
  readonly #isBinary: boolean

  private constructor(socket: WebSocket, isBinary: boolean) {
    this.socket = socket
    this.#isBinary = isBinary
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('message', ({ data }) => this.frames.push(frameOf(data)))
    socket.addEventListener('close', ({ code, reason }) => (this.end = { code, reason }))
  }

  static async open(port: number, format: 'json' | 'protobuf' = 'protobuf'): Promise<TestClient> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/live`, [`tms.live.v1.${format}`])
    const client = new TestClient(socket, format === 'protobuf')
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve)
      socket.addEventListener('error', () => reject(new Error('the node took no socket')))
    })
    return client
  }

  /** Opens, signs in and waits for the answer. */
  static async signedIn(port: number, token: string, format?: 'json' | 'protobuf'): Promise<TestClient> {
    const client = await TestClient.open(port, format)
    client.say({ case: 'signIn', value: { token } })
    await client.until('signedIn')
    return client
  }

  say(frame: Frame, request = 0): void {
    const message = create(ClientFrameSchema, frame === undefined ? { request } : { request, frame })
    this.socket.send(this.#isBinary ? toBinary(ClientFrameSchema, message) : toJsonString(ClientFrameSchema, message))
  }

  /** Follows a topic and waits for the answer. */
  async follow(topic: string): Promise<Value<'subscribed'>> {
    this.say({ case: 'subscribe', value: { topic } })
    return this.until('subscribed', (value) => value.topic === topic)
  }

  /** What came of one kind. */
  all<C extends Case>(kind: C): Value<C>[] {
    return this.frames.flatMap(({ frame }) => (frame.case === kind ? [frame.value as Value<C>] : []))
  }

  /** The first of a kind, when it is there or as soon as it comes. */
  async until<C extends Case>(kind: C, fits: (value: Value<C>) => boolean = () => true): Promise<Value<C>> {
    const found = () => this.all(kind).find(fits)
    await vi.waitFor(
      () => {
        if (!found()) throw new Error(`no ${kind} came; ended ${JSON.stringify(this.end)}`)
      },
      { timeout: PATIENCE_MS, interval: 5 },
    )
    return found() as Value<C>
  }

  /** Positions of a bus in the order in which they came, by their sequence. */
  sequencesOf(busId: string): number[] {
    return this.updates().flatMap(({ position }) => (position?.busId === busId ? [Number(position.sequence)] : []))
  }

  updates(): PositionUpdate[] {
    return this.frames.flatMap(({ frame }) => {
      if (frame.case === 'positions') return frame.value.updates
      return frame.case === 'subscribed' ? frame.value.newest : []
    })
  }

  async ended(): Promise<End> {
    await vi.waitFor(() => expect(this.end).toBeDefined(), { timeout: PATIENCE_MS, interval: 5 })
    return this.end ?? { code: 0, reason: '' }
  }

  close(): void {
    this.socket.close()
  }
}

function frameOf(data: unknown): ServerFrame {
  return typeof data === 'string'
    ? fromJsonString(ServerFrameSchema, data)
    : fromBinary(ServerFrameSchema, new Uint8Array(data as ArrayBuffer))
}

/** When a position was measured, in milliseconds. */
export function sampleMs({ position }: PositionUpdate): number {
  return position?.sampleTime ? timestampMs(position.sampleTime) : 0
}
