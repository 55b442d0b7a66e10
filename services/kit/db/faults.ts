type PostgresFault = { readonly code?: string; readonly constraint_name?: string }

/** PostgreSQL's own error behind drizzle's wrapper. */
function faultOf(err: unknown): PostgresFault | undefined {
  if (!(err instanceof Error)) return undefined
  return (err.cause instanceof Error ? err.cause : err) as PostgresFault
}

/** SQLSTATE of a database error; undefined when it is none. */
export function sqlStateOf(err: unknown): string | undefined {
  return faultOf(err)?.code
}

/** Whether an error is the refusal of one named constraint or unique index. */
export function isConstraint(err: unknown, name: string): boolean {
  return faultOf(err)?.constraint_name === name
}

/** How the driver and the operating system say that a connection is gone. */
const LOST = /^(CONNECTION_|ECONN|EPIPE$|ETIMEDOUT$)/
/** The server ends the connection: shutdown, crash of a neighbour, not yet started. */
const SERVER_LEAVES = new Set(['57P01', '57P02', '57P03'])

/** Whether an error says that the connection itself is gone, rather than that the server refused something on it. */
export function isConnectionLost(err: unknown): boolean {
  const code = sqlStateOf(err) ?? ''
  return LOST.test(code) || SERVER_LEAVES.has(code)
}

const RETRYABLE = new Set(['40001', '40P01'])
const RETRIES = 4

/** Runs an attempt again when PostgreSQL chose it as the victim of a deadlock or a serialization failure. */
export async function retried<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt()
    } catch (err) {
      if (tries >= RETRIES || !RETRYABLE.has(sqlStateOf(err) ?? '')) throw err
    }
  }
}
