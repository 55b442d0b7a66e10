/**
 * Faults that postgres.js 3.4.9 throws where nobody can catch them. The query of whoever waits is refused or sent again
 * properly, so they tell nothing, and must not end the process.
 *
 * @param err an error, or one that another process has put in writing
 */
export function isDriverFault(err: unknown): boolean {
  if (typeof err !== 'object' || err === null) return false
  const { message = '', stack = '', query = '' } = err as { message?: string; stack?: string; query?: string }
  return isClosedConnectionWrite(message, stack) || isLostTypeQuery(query)
}

/** It writes to a connection that was closed in the same turn of the event loop, when a server is stopped under load. */
function isClosedConnectionWrite(message: string, stack: string): boolean {
  return message.includes("reading 'write'") && /nextWrite.*postgres[\\/](src|cjs)[\\/].*connection\.js/.test(stack)
}

/** A new connection asks for the types of arrays by itself, and is closed before it hears (`fetchArrayTypes`). */
function isLostTypeQuery(query: string): boolean {
  return /^\s*select b\.oid, b\.typarray\s+from pg_catalog\.pg_type a\s/.test(query)
}
