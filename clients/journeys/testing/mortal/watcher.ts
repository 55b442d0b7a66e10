import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { ClientFrameSchema, ServerFrameSchema } from '#gen/tms/tracking/v1/live_pb.ts'

type Said = MessageInitShape<typeof ClientFrameSchema>['frame']

/** Follows a topic over lost connections and notes all that comes, also what was overtaken: what a map would leave out. */
export class Watcher {
  /** The numbers of every bus that was shown, in the order in which they came. */
  readonly seen = new Map<string, number[]>()
  /** Reasons for which nodes closed. */
  readonly ends: string[] = []
  readonly #urls: readonly string[]
  readonly #token: string
  readonly topic: string
  #socket: WebSocket | undefined
  #attempts = 0
  #closed = false

  constructor(urls: readonly string[], token: string, topic: string) {
    this.#urls = urls
    this.#token = token
    this.topic = topic
    this.#connect()
  }

  /** The newest number of a bus; 0 when it was never shown. */
  newest(busId: string): number {
    return Math.max(0, ...(this.seen.get(busId) ?? []))
  }

  close(): void {
    this.#closed = true
    this.#socket?.close()
  }

  #connect(): void {
    const url = this.#urls[this.#attempts++ % this.#urls.length]!
    const socket = new WebSocket(url, ['tms.live.v1.protobuf'])
    this.#socket = socket
    socket.binaryType = 'arraybuffer'
    const say = (frame: Said) => {
      socket.send(toBinary(ClientFrameSchema, create(ClientFrameSchema, { frame })))
    }
    socket.addEventListener('open', () => say({ case: 'signIn', value: { token: this.#token } }))
    socket.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
      const { frame } = fromBinary(ServerFrameSchema, new Uint8Array(data))
      if (frame.case === 'signedIn') say({ case: 'subscribe', value: { topic: this.topic } })
      if (frame.case === 'subscribed') this.#note(frame.value.newest)
      if (frame.case === 'positions') this.#note(frame.value.updates)
    })
    socket.addEventListener('error', () => undefined)
    socket.addEventListener('close', ({ reason }) => {
      if (reason !== '') this.ends.push(reason)
      if (!this.#closed) setTimeout(() => this.#connect(), 50)
    })
  }

  #note(updates: readonly { readonly position?: { readonly busId: string; readonly sequence: bigint } }[]): void {
    for (const { position } of updates) {
      if (!position) continue
      const numbers = this.seen.get(position.busId) ?? []
      numbers.push(Number(position.sequence))
      this.seen.set(position.busId, numbers)
    }
  }
}
