import { timestampFromDate, timestampFromMs } from '@bufbuild/protobuf/wkt'
import { Code, ConnectError } from '@connectrpc/connect'
import { decodeJwt } from 'jose'
import { type Clock, type Logger, reasonOf, type Session, type UserVerifier, validate } from '#kit'
import { BadRequestSchema } from '#gen/google/rpc/error_details_pb.ts'
import { type ClientFrame, ClientFrameSchema, CloseCode } from '#gen/tms/tracking/v1/live_pb.ts'
import type { StreamPositionsRequest } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import type { Access } from './access.ts'
import type { LiveSettings } from './config.ts'
import { parseTopic, type Topic } from './domain/topic.ts'
import type { FanOut } from './fan_out.ts'
import type { Feed } from './feeds.ts'
import { type Report, startReporting } from './reporting.ts'
import type { LiveSocket, Subscription } from './socket.ts'

/** Topics that one socket may follow. */
export const MAX_TOPICS = 50

/** What answering a frame needs. */
export type ConversationParts = {
  readonly settings: LiveSettings
  readonly nodeId: string
  readonly clock: Clock
  readonly log: Logger
  readonly verifyUser: UserVerifier
  readonly access: Access
  readonly fanOut: FanOut
  /** Counts a socket for its account; false when it has too many. */
  readonly admit: (socket: LiveSocket, account: string) => boolean
  readonly report: Report
}

/** Does what one frame asks for. */
export async function answer(parts: ConversationParts, socket: LiveSocket, message: ClientFrame): Promise<void> {
  const { request, frame } = message
  if (frame.case === undefined) return socket.close(CloseCode.FRAME_INVALID, 'the frame asks for nothing')
  if (!isValid(socket, message)) return undefined
  if (frame.case === 'signIn') return signIn(parts, socket, request, frame.value.token)
  if (frame.case === 'report') return report(parts, socket, frame.value)
  const { signedIn } = socket
  if (!signedIn) return socket.close(CloseCode.SIGN_IN_MISSING, 'sign in first')
  switch (frame.case) {
    case 'ping':
      return socket.say(request, { case: 'pong', value: { serverTime: timestampFromDate(parts.clock.now()) } })
    case 'subscribe':
      return subscribe(parts, socket, signedIn.session, request, frame.value.topic)
    case 'unsubscribe':
      end(parts, socket, frame.value.topic)
      return socket.say(request, { case: 'unsubscribed', value: { topic: frame.value.topic } })
  }
}

/** Whether a frame keeps the rules of its contract; one that does not is told which fields break them, and its socket closed. */
function isValid(socket: LiveSocket, message: ClientFrame): boolean {
  try {
    validate(ClientFrameSchema, message)
    return true
  } catch (err) {
    const [invalid] = err instanceof ConnectError ? err.findDetails(BadRequestSchema) : []
    if (!invalid) throw err
    const [first] = invalid.fieldViolations
    socket.say(message.request, { case: 'invalid', value: invalid })
    socket.close(CloseCode.FRAME_INVALID, `REQUEST_INVALID, ${first?.field ?? ''}: ${first?.description ?? ''}`)
    return false
  }
}

async function signIn(parts: ConversationParts, socket: LiveSocket, request: number, token: string): Promise<void> {
  const session = await believed(parts, socket, token)
  if (!session || !socket.ws) return
  const before = socket.signedIn?.session
  if (before && (before.userId !== session.userId || before.tenantId !== session.tenantId)) {
    return socket.close(CloseCode.SIGN_IN_REFUSED, 'TOKEN_INVALID, another account needs a socket of its own')
  }
  if (!before && !parts.admit(socket, session.userId)) {
    return socket.close(CloseCode.LIMIT_EXCEEDED, 'this account has too many sockets open')
  }
  socket.signedIn = { token, session }
  const { settings, nodeId } = parts
  const expireTime = timestampFromMs((decodeJwt(token).exp ?? 0) * 1_000)
  const limits = { idleTimeoutSeconds: settings.liveIdleSeconds, maxFrameBytes: settings.liveMaxFrameBytes }
  socket.say(request, { case: 'signedIn', value: { expireTime, nodeId, maxTopics: MAX_TOPICS, ...limits } })
}

/** The session of a token; undefined when it was refused, and the socket closed for it. */
export async function believed(
  parts: Pick<ConversationParts, 'verifyUser' | 'log'>,
  socket: LiveSocket,
  token: string,
): Promise<Session | undefined> {
  try {
    const session = await parts.verifyUser(token)
    if (session.audience !== 'partner') return session
    socket.close(CloseCode.SIGN_IN_REFUSED, 'AUDIENCE_MISMATCH, partners do not follow buses')
  } catch (err) {
    if (err instanceof ConnectError && err.code === Code.Unauthenticated) {
      socket.close(CloseCode.SIGN_IN_REFUSED, `${reasonOf(err) ?? 'TOKEN_INVALID'}, ${err.rawMessage}`)
    } else {
      parts.log.warn({ err }, 'a token cannot be verified now')
      // Who is known stays: that keys cannot be fetched says nothing about him.
      if (!socket.signedIn) socket.close(CloseCode.TRY_AGAIN_LATER, 'tokens cannot be verified right now')
    }
  }
  return undefined
}

async function subscribe(
  parts: ConversationParts,
  socket: LiveSocket,
  session: Session,
  request: number,
  text: string,
): Promise<void> {
  const topic = parseTopic(text)
  if (!topic) return socket.close(CloseCode.TOPIC_REFUSED, 'there is no such topic')
  const known = socket.subscriptions.get(text)
  if (!known && socket.subscriptions.size >= MAX_TOPICS) {
    return socket.close(CloseCode.LIMIT_EXCEEDED, `a socket follows ${MAX_TOPICS} topics at most`)
  }
  const granted = await grantedTo(parts, socket, session, topic)
  if (!granted || !socket.ws) return
  if (granted.length === 0) return socket.close(CloseCode.TOPIC_REFUSED, 'this topic is not for this account')
  const subscription = known ?? { topic, feeds: [] }
  await give(parts.fanOut, socket, subscription, granted)
  if (!socket.ws) return
  socket.subscriptions.set(text, subscription)
  tellSubscribed(parts.fanOut, socket, request, text, subscription)
}

/** Says where the buses of a subscription are, and sends where they go from now on. */
export function tellSubscribed(
  fanOut: FanOut,
  socket: LiveSocket,
  request: number,
  topic: string,
  { feeds }: Subscription,
): void {
  const newest = feeds.flatMap((feed) => feed.newest())
  socket.say(request, { case: 'subscribed', value: { topic, feeds: feeds.map(({ name }) => name), newest } })
  for (const feed of feeds) fanOut.attach(socket, feed)
}

/** Hands what a driver or a device reports to ingest. Who he may report for is judged there. */
function report(parts: ConversationParts, socket: LiveSocket, frame: StreamPositionsRequest): void {
  const isDevice = frame.frame.case === 'open' && frame.frame.value.sender.case === 'deviceKey'
  if (!socket.signedIn && !socket.reporting && !isDevice) {
    return socket.close(CloseCode.SIGN_IN_MISSING, 'sign in first')
  }
  socket.reporting ??= startReporting(parts, socket)
  if (!socket.reporting.push(frame)) socket.close(CloseCode.LIMIT_EXCEEDED, 'reports come faster than they are taken')
}

async function grantedTo(
  { access, log }: ConversationParts,
  socket: LiveSocket,
  session: Session,
  topic: Topic,
): Promise<Topic[] | undefined> {
  try {
    return (await access([{ session, topic }]))[0] ?? []
  } catch (err) {
    log.warn({ err }, 'who may follow what cannot be looked up now')
    socket.close(CloseCode.TRY_AGAIN_LATER, 'who may follow what cannot be looked up right now')
    return undefined
  }
}

/** Makes a subscription's feeds those that are granted; says nothing to the client. */
export async function give(
  fanOut: FanOut,
  socket: LiveSocket,
  subscription: Subscription,
  granted: readonly Topic[],
): Promise<void> {
  const feeds = await Promise.all(granted.map((topic) => fanOut.join(topic)))
  if (!socket.ws) return feeds.forEach((feed) => fanOut.leave(feed))
  const before = subscription.feeds
  subscription.feeds = feeds
  for (const feed of before) drop(fanOut, socket, feed)
}

function drop(fanOut: FanOut, socket: LiveSocket, feed: Feed): void {
  fanOut.detach(socket, feed)
  fanOut.leave(feed)
}

/** Ends a subscription, if there is one; says nothing to the client. */
export function end({ fanOut }: Pick<ConversationParts, 'fanOut'>, socket: LiveSocket, text: string): void {
  const subscription = socket.subscriptions.get(text)
  if (!subscription) return
  socket.subscriptions.delete(text)
  for (const feed of subscription.feeds) drop(fanOut, socket, feed)
}
