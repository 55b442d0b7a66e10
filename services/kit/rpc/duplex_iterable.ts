import { Code, ConnectError } from '@connectrpc/connect'
import type { Session } from '../session.ts'
import type { DuplexReader, OpenDuplex } from './duplex.ts'
import { Mailbox } from './mailbox.ts'

/** With so many unread the caller does not read. */
const MOST_UNREAD = 4

/** Serves a call whose messages are pulled and answered by async iterables, until either side or the signal ends it. */
export async function* converse<I, O>(
  open: OpenDuplex<I, O>,
  session: Session,
  messages: AsyncIterable<I>,
  signal: AbortSignal,
): AsyncGenerator<O> {
  const mailbox = new Mailbox<O>()
  const end = (err?: unknown) => mailbox.end(err === undefined ? undefined : toError(err))
  const reader = open({
    session,
    send: (message) => mailbox.put(message),
    isFull: () => mailbox.size >= MOST_UNREAD,
    end,
  })
  const leave = () => mailbox.end()
  signal.addEventListener('abort', leave, { once: true })
  if (signal.aborted) leave()
  try {
    void feed(reader, messages, () => mailbox.isEnded).catch(end)
    yield* mailbox
  } finally {
    signal.removeEventListener('abort', leave)
    reader.leave()
  }
}

async function feed<I>(reader: DuplexReader<I>, messages: AsyncIterable<I>, isOver: () => boolean): Promise<void> {
  const iterator = messages[Symbol.asyncIterator]()
  for (;;) {
    const next = await nextOf(iterator)
    while (!isOver()) {
      const { promise, resolve } = Promise.withResolvers<void>()
      if (reader.isReady(resolve)) break
      await promise
    }
    if (isOver()) return
    if (next.done === true) return reader.finish()
    reader.take(next.value)
  }
}

/** A connection that breaks is the caller's affair; what a message is refused for is not. */
async function nextOf<I>(messages: AsyncIterator<I>): Promise<IteratorResult<I>> {
  try {
    return await messages.next()
  } catch (err) {
    throw err instanceof ConnectError ? err : new ConnectError('the caller went away', Code.Canceled)
  }
}

const toError = (err: unknown): Error => (err instanceof Error ? err : new Error(String(err)))
