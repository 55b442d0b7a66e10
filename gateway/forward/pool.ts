import http2 from 'node:http2'

/** Connections over HTTP/2 to one peer. */
export interface SessionPool {
  /** Opens a stream. @throws {Error} when the peer cannot be reached; nothing was sent then. */
  open(headers: http2.OutgoingHttpHeaders): Promise<http2.ClientHttp2Stream>
  /** Lets running streams finish, and takes no new ones. */
  close(): void
}

/** How long the peer may take to accept a connection. */
const connectTimeoutMs = 2_000
/** A peer that vanished without a word (a cable, a power cut) is noticed by the ping that it does not answer. */
const pingEveryMs = 10_000
const pingTimeoutMs = 5_000
/** Above so many streams another connection is opened. */
const comfortableStreams = 64
const mostSessions = 4

type Pooled = { readonly session: http2.ClientHttp2Session; streams: number }

/** Keeps connections to the peer at `origin`: one at first, a few under load. */
export function sessionPool(origin: string): SessionPool {
  const sessions = new Set<Pooled>()
  let connecting: Promise<Pooled> | undefined

  return {
    async open(headers) {
      const pooled = await pick()
      const stream = pooled.session.request(headers)
      pooled.streams += 1
      stream.once('close', () => {
        pooled.streams -= 1
      })
      return stream
    },
    close() {
      for (const { session } of sessions) session.close()
    },
  }

  function pick(): Pooled | Promise<Pooled> {
    const best = leastBusy()
    if (best && (best.streams < comfortableStreams || sessions.size >= mostSessions)) return best
    connecting ??= connect().finally(() => (connecting = undefined))
    if (!best) return connecting
    // While the next one is being opened, a busy connection is better than a wait, and its failure nobody's.
    connecting.catch(() => undefined)
    return best
  }

  function leastBusy(): Pooled | undefined {
    let best: Pooled | undefined
    for (const pooled of sessions) {
      if (pooled.session.closed || pooled.session.destroyed) sessions.delete(pooled)
      else if (!best || pooled.streams < best.streams) best = pooled
    }
    return best
  }

  async function connect(): Promise<Pooled> {
    const pooled = { session: await connected(origin), streams: 0 }
    sessions.add(pooled)
    const drop = () => sessions.delete(pooled)
    pooled.session.once('close', drop)
    pooled.session.once('goaway', drop) // what runs on it finishes
    keepAlive(pooled.session)
    return pooled
  }
}

async function connected(origin: string): Promise<http2.ClientHttp2Session> {
  const { promise, resolve, reject } = Promise.withResolvers<http2.ClientHttp2Session>()
  const session = http2.connect(origin, { settings: { enablePush: false } })
  const timer = setTimeout(() => {
    session.destroy(new Error(`${origin} did not accept a connection within ${connectTimeoutMs} ms`))
  }, connectTimeoutMs)
  session.once('connect', () => {
    resolve(session)
  })
  session.on('error', reject) // one that comes later closes the session, which is all that there is to do
  session.once('close', () => {
    reject(new Error(`${origin} closed the connection`))
  })
  try {
    return await promise
  } finally {
    clearTimeout(timer)
  }
}

function keepAlive(session: http2.ClientHttp2Session): void {
  const beat = setInterval(() => {
    const late = setTimeout(() => {
      session.destroy(new Error('the peer does not answer'))
    }, pingTimeoutMs)
    const sent = session.ping(() => {
      clearTimeout(late)
    })
    if (!sent) clearTimeout(late)
  }, pingEveryMs)
  beat.unref()
  session.once('close', () => {
    clearInterval(beat)
  })
}
