import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { HttpRequest, HttpResponse, us_socket_context_t, WebSocketBehavior } from 'uWebSockets.js'
import { CloseCode } from '#gen/tms/tracking/v1/live_pb.ts'
import { answer, type ConversationParts, end } from './conversation.ts'
import { Spending } from './domain/budget.ts'
import { FanOut } from './fan_out.ts'
import type { Feeds } from './feeds.ts'
import { formatOffered } from './frames.ts'
import { countBuffered, socketsOpen } from './metrics.ts'
import { recheck } from './recheck.ts'
import { type Held, LiveSocket } from './socket.ts'
import { listenOn, loadUws } from './uws.ts'

/** What a node needs. */
export type NodeParts = Omit<ConversationParts, 'fanOut' | 'admit'> & { readonly feeds: Feeds }

/** A node that takes sockets. */
export type LiveNode = {
  readonly port: number
  /** Tells every socket to go elsewhere, gives them time to, and closes what is left. */
  stop(): Promise<void>
}

/** A frame much larger than allowed is not read to its end; one that is a little larger gets a proper answer. */
const CUT_OFF_FACTOR = 2

/** Frames of one socket that may wait for an answer. */
const MAX_WAITING = 64

/**
 * Opens the port that sockets connect to.
 *
 * @throws {UserError} when the port is taken
 */
export async function openNode(parts: NodeParts): Promise<LiveNode> {
  const { settings, log } = parts
  const uws = await loadUws()
  const app = uws.App()
  const sockets = new Sockets(settings)
  const fanOut = new FanOut(app, parts.feeds)
  const admit = (socket: LiveSocket, account: string) => sockets.admit(socket, account)
  const conversation = { ...parts, fanOut, admit }
  app.ws<Held>('/live', behavior(conversation, sockets))
  app.get('/healthz', (res) => void res.end('ok'))
  app.any('/*', (res) => void res.writeStatus('404 Not Found').end('sockets connect at /live'))
  // What a failed start leaves open the library would trip over.
  const listening = await listenOn(app, settings.liveHost, settings.livePort).catch((err: unknown) => {
    app.close()
    throw err
  })
  const port = uws.us_socket_local_port(listening)
  log.info({ port }, 'sockets may connect')

  let rechecking = Promise.resolve()
  const timer = setInterval(() => {
    rechecking = rechecking.then(() => recheck(conversation, sockets.open))
  }, settings.liveRecheckSeconds * 1_000)
  const uncount = countBuffered(() => sockets.bufferedBytes())
  const stop = async () => {
    clearInterval(timer)
    uncount()
    uws.us_listen_socket_close(listening)
    await drain(sockets, settings.liveDrainSeconds * 1_000)
    await rechecking
    app.close()
  }
  let stopped: Promise<void> | undefined
  // A port that is closed twice ends the process.
  return { port, stop: () => (stopped ??= stop()) }
}

/** Spreads the sockets' departures over most of the time, so that other nodes are not stormed. */
async function drain({ open }: Sockets, forMs: number): Promise<void> {
  for (const socket of open) {
    const reconnectAfterMs = randomInt(0, Math.max(1, Math.floor(forMs * 0.8)))
    socket.say(0, { case: 'draining', value: { reconnectAfterMs } })
  }
  const until = performance.now() + forMs
  while (open.size > 0 && performance.now() < until) await sleep(20)
  for (const socket of open) socket.close(CloseCode.GOING_AWAY, 'the node stops; connect again')
}

type Limits = ConversationParts['settings']

/** The open sockets, and how many there are of whom. */
class Sockets {
  readonly open = new Set<LiveSocket>()
  readonly #limits: Limits
  readonly #unsigned = new Map<string, number>()
  readonly #perAccount = new Map<string, number>()

  constructor(limits: Limits) {
    this.#limits = limits
  }

  /** Why another socket of an address is not taken; undefined when it is. */
  refusal(address: string): string | undefined {
    if (this.open.size >= this.#limits.liveMaxSockets) return '503 Service Unavailable'
    const unsigned = this.#unsigned.get(address) ?? 0
    return unsigned >= this.#limits.liveMaxUnsigned ? '429 Too Many Requests' : undefined
  }

  bufferedBytes(): number {
    return [...this.open].reduce((sum, { ws }) => sum + (ws?.getBufferedAmount() ?? 0), 0)
  }

  add(socket: LiveSocket): void {
    this.open.add(socket)
    change(this.#unsigned, socket.address, 1)
    socketsOpen.inc()
  }

  admit(socket: LiveSocket, account: string): boolean {
    if ((this.#perAccount.get(account) ?? 0) >= this.#limits.liveMaxPerAccount) return false
    change(this.#perAccount, account, 1)
    change(this.#unsigned, socket.address, -1)
    socket.account = account
    clearTimeout(socket.signInTimer)
    return true
  }

  remove(socket: LiveSocket): void {
    if (!this.open.delete(socket)) return
    socketsOpen.dec()
    if (socket.account !== undefined) change(this.#perAccount, socket.account, -1)
    else change(this.#unsigned, socket.address, -1)
  }
}

function change(counts: Map<string, number>, key: string, by: number): void {
  const count = (counts.get(key) ?? 0) + by
  if (count > 0) counts.set(key, count)
  else counts.delete(key)
}

function behavior(parts: ConversationParts, sockets: Sockets): WebSocketBehavior<Held> {
  const { settings, fanOut } = parts
  return {
    maxPayloadLength: settings.liveMaxFrameBytes * CUT_OFF_FACTOR,
    maxBackpressure: settings.liveMaxBufferBytes,
    idleTimeout: settings.liveIdleSeconds,
    sendPingsAutomatically: true,
    upgrade: (res, req, context) => upgrade(parts, sockets, { res, req, context }),
    open: (ws) => {
      const socket = ws.getUserData().socket
      socket.opened(ws)
      sockets.add(socket)
      socket.signInTimer = setTimeout(() => {
        socket.close(CloseCode.SIGN_IN_MISSING, 'the first frame is to sign in')
      }, settings.liveSignInSeconds * 1_000)
    },
    message: (ws, bytes, isBinary) => hear(parts, ws.getUserData().socket, bytes, isBinary),
    dropped: (ws) => fanOut.fallBehind(ws.getUserData().socket),
    drain: (ws) => fanOut.catchUp(ws.getUserData().socket),
    close: (ws, code, reason) => {
      const socket = ws.getUserData().socket
      socket.closed()
      sockets.remove(socket)
      for (const text of [...socket.subscriptions.keys()]) end(parts, socket, text)
      if (code === ABNORMAL && reason.byteLength > 0) {
        parts.log.info({ reason: Buffer.from(reason).toString() }, 'a socket was cut off')
      }
    },
  }
}

/** The code of an end without a close frame. */
const ABNORMAL = 1006

type Upgrade = { readonly res: HttpResponse; readonly req: HttpRequest; readonly context: us_socket_context_t }

function upgrade({ settings }: ConversationParts, sockets: Sockets, { res, req, context }: Upgrade): void {
  const format = formatOffered(req.getHeader('sec-websocket-protocol'))
  const address = Buffer.from(res.getRemoteAddressAsText()).toString()
  const refusal = format ? sockets.refusal(address) : '400 Bad Request'
  if (!format || refusal !== undefined) {
    return void res.writeStatus(refusal ?? '').end(format ? 'too many sockets' : 'offer a subprotocol of tms.live.v1')
  }
  const spending = new Spending(budgetOf(settings), performance.now())
  const socket = new LiveSocket(format, address, spending)
  const extensions = req.getHeader('sec-websocket-extensions')
  res.upgrade({ socket } satisfies Held, req.getHeader('sec-websocket-key'), format.subprotocol, extensions, context)
}

/** A page that opens many topics at once is no flood. */
function budgetOf({ liveFramesPerSecond }: Limits) {
  return { perSecond: liveFramesPerSecond, burst: liveFramesPerSecond * 5 }
}

/** Reads a frame now, as its bytes are the library's, and answers it after those before it. */
function hear(parts: ConversationParts, socket: LiveSocket, bytes: ArrayBuffer, isBinary: boolean): void {
  const { settings, log } = parts
  if (bytes.byteLength > settings.liveMaxFrameBytes) {
    return socket.close(CloseCode.FRAME_TOO_LARGE, `frames have ${settings.liveMaxFrameBytes} bytes at most`)
  }
  if (!socket.spending.take(budgetOf(settings), performance.now()) || socket.waiting >= MAX_WAITING) {
    return socket.close(CloseCode.LIMIT_EXCEEDED, 'too many frames')
  }
  const frame = read(socket, bytes, isBinary)
  if (!frame) return socket.close(CloseCode.FRAME_INVALID, `that is no frame of ${socket.format.subprotocol}`)
  socket.waiting += 1
  socket.work = socket.work
    .then(() => (socket.ws ? answer(parts, socket, frame) : undefined))
    .catch((err: unknown) => {
      log.error({ err }, 'a frame was not answered')
      socket.close(CloseCode.TRY_AGAIN_LATER, 'something went wrong on our side')
    })
    .finally(() => (socket.waiting -= 1))
}

function read({ format }: LiveSocket, bytes: ArrayBuffer, isBinary: boolean) {
  if (isBinary !== format.isBinary) return undefined
  try {
    return format.read(bytes)
  } catch {
    return undefined
  }
}
