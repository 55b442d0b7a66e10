import { refuseCall } from '../errors.ts'

/** A message as gRPC and Connect streams carry it: a byte of flags, four of length, then the message. */
export type Envelope = { readonly flags: number; readonly bytes: Uint8Array }

const HEAD_BYTES = 5

/** Takes whole messages out of bytes as they come. */
export class Envelopes {
  readonly #maxBytes: number
  #first: Buffer = Buffer.alloc(0)
  #at = 0
  /** What came behind the first. */
  #more: Buffer[] = []
  #size = 0

  /** @param maxBytes what a message may have */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Bytes that were not taken yet. */
  get size(): number {
    return this.#size
  }

  put(chunk: Buffer): void {
    if (this.#at === this.#first.length && this.#more.length === 0) {
      this.#first = chunk
      this.#at = 0
    } else this.#more.push(chunk)
    this.#size += chunk.length
  }

  /** Whether a whole message is there. @throws {ConnectError} RESOURCE_EXHAUSTED when one is announced that is too large */
  hasNext(): boolean {
    if (this.#size < HEAD_BYTES) return false
    this.#gather(HEAD_BYTES)
    const length = this.#first.readUInt32BE(this.#at + 1)
    if (length <= this.#maxBytes) return this.#size >= HEAD_BYTES + length
    const facts = { limit: this.#maxBytes.toString() }
    throw refuseCall('REQUEST_TOO_LARGE', `a message may have ${this.#maxBytes} bytes at most`, facts)
  }

  /** Takes the next message; there is one. */
  next(): Envelope {
    const length = this.#first.readUInt32BE(this.#at + 1)
    const size = HEAD_BYTES + length
    this.#gather(size)
    const flags = this.#first[this.#at] ?? 0
    const bytes = this.#first.subarray(this.#at + HEAD_BYTES, this.#at + size)
    this.#at += size
    this.#size -= size
    return { flags, bytes }
  }

  /** Sees to it that so many bytes, which are there, are in one piece. */
  #gather(bytes: number): void {
    if (this.#first.length - this.#at >= bytes) return
    this.#first = Buffer.concat([this.#first.subarray(this.#at), ...this.#more])
    this.#at = 0
    this.#more = []
  }
}

/** A message with its head. */
export function enveloped(flags: number, message: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(HEAD_BYTES + message.length)
  bytes[0] = flags
  bytes.writeUInt32BE(message.length, 1)
  bytes.set(message, HEAD_BYTES)
  return bytes
}
