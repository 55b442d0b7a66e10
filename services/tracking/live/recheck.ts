import { believed, type ConversationParts, end, give, tellSubscribed } from './conversation.ts'
import { type Topic, topicText } from './domain/topic.ts'
import type { LiveSocket, SignedIn, Subscription } from './socket.ts'

/** A subscription that may have to end. */
type Open = {
  readonly socket: LiveSocket
  readonly text: string
  readonly subscription: Subscription
  readonly signedIn: SignedIn
}

/** Looks again whether every socket's token and topics still hold: tokens run out, sessions end, tickets are given back. */
export async function recheck(parts: ConversationParts, sockets: Iterable<LiveSocket>): Promise<void> {
  const known = [...sockets].filter(({ signedIn }) => signedIn !== undefined)
  for (const socket of known) {
    if (socket.signedIn) await believed(parts, socket, socket.signedIn.token)
  }
  await recheckTopics(parts, known).catch((err: unknown) => {
    parts.log.warn({ err }, 'who may follow what cannot be looked up now; it stays as it was')
  })
}

async function recheckTopics(parts: ConversationParts, sockets: readonly LiveSocket[]): Promise<void> {
  const open = sockets.flatMap(subscriptionsOf)
  if (open.length === 0) return
  const granted = await parts.access(
    open.map(({ signedIn, subscription }) => ({ session: signedIn.session, topic: subscription.topic })),
  )
  for (const [index, one] of open.entries()) {
    const { socket } = one
    // In its turn among the socket's frames, which change the same subscriptions.
    socket.work = socket.work.then(() => regrant(parts, one, granted[index] ?? []))
  }
  await Promise.all(sockets.map(({ work }) => work))
}

async function regrant(parts: ConversationParts, one: Open, topics: readonly Topic[]): Promise<void> {
  const { socket, text, subscription } = one
  // It may have ended while we looked.
  if (!socket.ws || socket.subscriptions.get(text) !== subscription) return
  if (topics.length === 0) {
    end(parts, socket, text)
    return socket.say(0, { case: 'subscriptionEnded', value: { topic: text } })
  }
  if (topics.map(topicText).join() === subscription.feeds.map(({ name }) => name).join()) return
  await give(parts.fanOut, socket, subscription, topics)
  tellSubscribed(parts.fanOut, socket, 0, text, subscription)
}

function subscriptionsOf(socket: LiveSocket): Open[] {
  const { signedIn } = socket
  if (!signedIn || !socket.ws) return []
  return [...socket.subscriptions].map(([text, subscription]) => ({ socket, text, subscription, signedIn }))
}
