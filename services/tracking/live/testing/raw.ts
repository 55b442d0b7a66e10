import { randomBytes } from 'node:crypto'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A WebSocket as a program without a library would write it: masked frames, and whatever else is asked for. */
export class RawSocket {
  readonly socket: net.Socket
  /** What the node answered to the request to upgrade. */
  readonly answer: string
  received = 0
  isClosed = false
  readonly #chunks: Buffer[] = []

  private constructor(socket: net.Socket, answer: string) {
    this.socket = socket
    this.answer = answer
    socket.on('data', (chunk: Buffer) => {
      this.received += chunk.length
      this.#chunks.push(chunk)
    })
    socket.on('close', () => (this.isClosed = true))
    socket.on('error', () => undefined)
  }

  static async open(port: number, subprotocol: string = 'tms.live.v1.protobuf'): Promise<RawSocket> {
    const socket = net.connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    const key = randomBytes(16).toString('base64')
    const lines = [
      'GET /live HTTP/1.1',
      'Host: live',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${key}`,
      ...(subprotocol === '' ? [] : [`Sec-WebSocket-Protocol: ${subprotocol}`]),
    ]
    socket.write(`${lines.join('\r\n')}\r\n\r\n`)
    const head = await new Promise<Buffer>((resolve, reject) => {
      socket.once('data', resolve)
      socket.once('close', () => reject(new Error('the node closed at once')))
    })
    return new RawSocket(socket, head.toString('latin1').split('\r\n')[0] ?? '')
  }

  /** Sends one whole frame; `opcode` 2 is binary. */
  frame(payload: Uint8Array, opcode = 2): void {
    // A mask of zeros is a mask, and leaves the payload as it is.
    this.socket.write(Buffer.concat([head(opcode, payload.length), Buffer.alloc(4), payload]))
  }

  bytes(bytes: Uint8Array): void {
    this.socket.write(bytes)
  }

  /** The payloads of the frames that came until now. */
  payloads(): Buffer[] {
    let rest = Buffer.concat(this.#chunks)
    const found: Buffer[] = []
    for (;;) {
      const frame = firstFrame(rest)
      if (!frame) return found
      found.push(frame.payload)
      rest = rest.subarray(frame.end)
    }
  }

  closed(): Promise<void> {
    return until(() => this.isClosed)
  }

  framesCame(count: number): Promise<void> {
    return until(() => this.payloads().length >= count)
  }
}

const PATIENCE_MS = 20_000

async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  while (!holds()) {
    if (performance.now() > end) throw new Error('waited in vain')
    await sleep(5)
  }
}

function head(opcode: number, length: number): Buffer {
  if (length < 126) return Buffer.from([0x80 | opcode, 0x80 | length])
  const long = Buffer.alloc(10)
  long.writeUInt8(0x80 | opcode, 0)
  long.writeUInt8(0x80 | 127, 1)
  long.writeBigUInt64BE(BigInt(length), 2)
  return long
}

function firstFrame(bytes: Buffer): { readonly payload: Buffer; readonly end: number } | undefined {
  if (bytes.length < 2) return undefined
  const short = bytes.readUInt8(1) & 0x7f
  const [start, length] =
    short < 126
      ? [2, short]
      : short === 126
        ? [4, bytes.length < 4 ? Infinity : bytes.readUInt16BE(2)]
        : [10, bytes.length < 10 ? Infinity : Number(bytes.readBigUInt64BE(2))]
  const end = start + length
  return end > bytes.length ? undefined : { payload: bytes.subarray(start, end), end }
}
