import type http2 from 'node:http2'
import { fromBinary, type Message, toBinary } from '@bufbuild/protobuf'
import { Code, ConnectError } from '@connectrpc/connect'
import { type CallState, runInCall } from '../call.ts'
import { refuseCall } from '../errors.ts'
import type { Duplex, DuplexReader } from './duplex.ts'
import { type Wire, wireOf } from './duplex_wire.ts'
import { enveloped, Envelopes } from './envelopes.ts'
import { CORRELATION_ID } from './headers.ts'
import type { HttpHandler } from './listener.ts'
import { servedCall, type ServedCall, type ServeOptions } from './served_call.ts'
import { validate } from './validation.ts'

/** What streams are served with. */
export type DuplexOptions = ServeOptions & {
  /** What a message may have. */
  readonly maxBytes: number
  readonly shutdownSignal: AbortSignal
}

type Req = http2.Http2ServerRequest
type Res = http2.Http2ServerResponse

/** Serves methods whose messages are pushed straight from their HTTP/2 streams; what else comes goes to `others`. */
export function duplexHandler(duplexes: readonly Duplex[], options: DuplexOptions, others: HttpHandler): HttpHandler {
  if (duplexes.length === 0) return others
  const byPath = new Map(duplexes.map((duplex) => [`/${duplex.method.parent.typeName}/${duplex.method.name}`, duplex]))
  const open = new Set<DuplexStream>()
  options.shutdownSignal.addEventListener('abort', () => {
    for (const stream of open) stream.end(options.shutdownSignal.reason)
  })
  return (req, res) => {
    const duplex = byPath.get(req.url ?? '')
    const wire = duplex && 'stream' in req ? wireOf(req) : undefined
    if (!duplex || !wire) return others(req, res)
    const stream = new DuplexStream(duplex, wire, options, req as Req, res as Res)
    open.add(stream)
    res.once('close', () => open.delete(stream))
    void stream.begin()
  }
}

/** While its messages wait, a stream holds so much, and then reads no more. */
const MOST_HELD_BYTES = 16_384
/** A caller who goes on sending after the end is cut off after this time. */
const PATIENCE_MS = 2_000

/** One call. */
class DuplexStream {
  readonly #duplex: Duplex
  readonly #wire: Wire
  readonly #stream: http2.ServerHttp2Stream
  readonly #res: Res
  readonly #call: ServedCall
  readonly #gone = new AbortController()
  readonly #envelopes: Envelopes
  readonly #pump = () => this.#takeAll()
  #state: CallState | undefined
  #reader: DuplexReader<Message> | undefined
  #isWaiting = false
  #saidAll = false
  #isOver = false

  constructor(duplex: Duplex, wire: Wire, options: DuplexOptions, req: Req, res: Res) {
    this.#duplex = duplex
    this.#wire = wire
    this.#stream = req.stream
    this.#res = res
    this.#envelopes = new Envelopes(options.maxBytes)
    const { signal } = this.#gone
    this.#call = servedCall(options, { method: duplex.method, header: headersOf(req), signal, isStream: true })
  }

  /** Lets the caller in and hears it. */
  async begin(): Promise<void> {
    this.#stream.once('close', () => this.#over(new ConnectError('the caller went away', Code.Canceled)))
    try {
      await this.#call.run((state) => Promise.resolve(this.#hear(state)))
    } catch (err) {
      this.end(err)
    }
  }

  /** Ends the call; with an error the caller is refused. */
  end(err?: unknown): void {
    if (this.#isOver) return
    const refusal = err === undefined ? undefined : this.#call.refusal(err)
    this.#say(() => this.#wire.end(this.#res, refusal))
    this.#over(err)
    // What is left of the request is read and dropped, but not for ever.
    this.#stream.resume()
    const timer = setTimeout(() => this.#stream.close(), PATIENCE_MS)
    this.#stream.once('close', () => clearTimeout(timer))
  }

  #over(err: unknown): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#call.finish(err)
    this.#gone.abort()
    this.#reader?.leave()
  }

  #hear(state: CallState): void {
    if (this.#isOver) return
    this.#state = state
    this.#reader = this.#duplex.open({
      session: state.session,
      send: (message) => this.#send(message),
      isFull: () => this.#stream.writableNeedDrain,
      end: (err) => this.end(err),
    })
    this.#stream.on('data', (chunk: Buffer) => {
      if (this.#isOver) return
      this.#envelopes.put(chunk)
      if (!this.#isWaiting) this.#work()
      else if (this.#envelopes.size > MOST_HELD_BYTES) this.#stream.pause()
    })
    this.#stream.once('end', () => {
      this.#saidAll = true
      if (!this.#isWaiting) this.#work()
    })
  }

  #work(): void {
    if (this.#isOver || !this.#state) return
    try {
      runInCall(this.#state, this.#pump)
    } catch (err) {
      this.end(err)
    }
  }

  /** Asked by the reader when it may be ready again. */
  readonly #resume = (): void => {
    this.#isWaiting = false
    this.#work()
    if (!this.#isWaiting && this.#stream.isPaused()) this.#stream.resume()
  }

  #takeAll(): void {
    const reader = this.#reader
    while (reader && !this.#isOver) {
      const hasNext = this.#envelopes.hasNext()
      if (!hasNext && !this.#saidAll) return
      if (!reader.isReady(this.#resume)) {
        this.#isWaiting = true
        return
      }
      if (hasNext) this.#take(reader)
      else return this.#finish(reader)
    }
  }

  #take(reader: DuplexReader<Message>): void {
    const { flags, bytes } = this.#envelopes.next()
    if (flags !== 0) throw refuseCall('REQUEST_INVALID', 'a message is marked as none that this stream may have')
    if (reader.takeBytes?.(bytes) === true) return
    const { input } = this.#duplex.method
    const message = readable(() => fromBinary(input, bytes))
    validate(input, message)
    reader.take(message)
  }

  #finish(reader: DuplexReader<Message>): void {
    this.#saidAll = false
    if (this.#envelopes.size > 0) throw refuseCall('REQUEST_INVALID', 'the last message is not whole')
    reader.finish()
  }

  #send(message: Message): void {
    if (this.#isOver) return
    const bytes = enveloped(0, toBinary(this.#duplex.method.output, message))
    this.#say(() => this.#stream.write(bytes))
  }

  /** The first that is said has the headers before it. */
  #say(what: () => unknown): void {
    if (this.#stream.destroyed || this.#stream.closed) return
    if (!this.#res.headersSent) {
      const headers = { 'content-type': this.#wire.contentType, [CORRELATION_ID]: this.#call.correlationId }
      this.#res.writeHead(200, headers)
    }
    what()
  }
}

function readable<T>(read: () => T): T {
  try {
    return read()
  } catch (err) {
    const why = err instanceof Error ? err.message : String(err)
    throw refuseCall('REQUEST_INVALID', `the request is no message: ${why}`)
  }
}

function headersOf(req: Req): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(req.headers)) {
    if (name.startsWith(':') || value === undefined) continue
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, one)
  }
  return headers
}
