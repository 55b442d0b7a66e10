/** What the processes of the benchmark agree on. */
export type Plan = {
  readonly port: number
  readonly streams: number
  readonly perMessage: number
}

/** What the load is to do: open, when it is told a plan, and then go on for so long. */
export type LoadOrder = { readonly plan?: Plan; readonly seconds?: number }

/** Asks a server what it has used; with `profile` it tells by the next answer what for. */
export type UsageOrder = { readonly profile?: boolean }

/** What a server has used since it began, and the share of each step since it was asked to profile. */
export type Usage = { readonly cpuMs: number; readonly rss: number; readonly steps?: Readonly<Record<string, number>> }

/** What it has come to since it began. */
export type Loaded = {
  readonly acked: number
  readonly rejected: number
  readonly errors: readonly string[]
  readonly cpuMs: number
}

/** Buses are spread over so many companies. */
export const COMPANIES = 20

/** Streams of one HTTP/2 connection. */
export const STREAMS_PER_CONNECTION = 200

/** Positions of one stream that are not acknowledged yet; the sender waits then. */
export const WINDOW = 60

/** An id that is the same in every process. */
export const idOf = (kind: number, index: number): string =>
  `${kind.toString(16).padStart(8, '0')}-0000-7000-8000-${index.toString(16).padStart(12, '0')}`

export const tenantOf = (stream: number): string => idOf(1, stream % COMPANIES)
export const busOf = (stream: number): string => idOf(2, stream)
export const recordingOf = (stream: number): string => idOf(3, stream)
export const deviceKeyOf = (stream: number): string => idOf(4, stream)
export const secretOf = (stream: number): string => `tmsdev_bench_${stream.toString().padStart(30, '0')}`

export const CALL = '/tms.tracking.v1.TrackingService/StreamPositions'

/** A gRPC message: five bytes of head, then the message. */
export function framed(message: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(5 + message.length)
  frame[0] = 0
  frame.writeUInt32BE(message.length, 1)
  frame.set(message, 5)
  return frame
}

/** Takes whole messages out of bytes as they come. */
export function unframer(onMessage: (message: Uint8Array) => void): (chunk: Buffer) => void {
  let rest: Buffer | undefined
  return (chunk) => {
    let bytes = rest ? Buffer.concat([rest, chunk]) : chunk
    while (bytes.length >= 5) {
      const end = 5 + bytes.readUInt32BE(1)
      if (bytes.length < end) break
      onMessage(bytes.subarray(5, end))
      bytes = bytes.subarray(end)
    }
    rest = bytes.length > 0 ? bytes : undefined
  }
}
