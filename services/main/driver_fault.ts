/**
 * postgres.js writes to a connection that was closed in the same turn of the event loop, and throws where nobody can
 * catch it. The query itself is refused properly, so the throw tells nothing and must not end the process.
 *
 * Seen with postgres 3.4.9 when the server is stopped under load (`nextWrite` in its connection.js).
 */
export function isClosedConnectionWrite(err: unknown): boolean {
  if (!(err instanceof TypeError) || !err.message.includes("reading 'write'")) return false
  return /nextWrite.*postgres[\\/](src|cjs)[\\/].*connection\.js/.test(err.stack ?? '')
}
