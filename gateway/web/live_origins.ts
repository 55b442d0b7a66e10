/** Nodes come and go: so old an answer is asked for again. */
const GOOD_MS = 60_000
/** And so soon when nobody answered, or no node was there yet. */
const RETRY_MS = 2_000

/**
 * Where live nodes are, as origins for a page's policy. Nobody waits for it but the first; while tracking does not answer,
 * the nodes known before stand, or none: then pages follow buses by the server's stream.
 *
 * @param ask for the addresses of nodes, e.g. `wss://live.tms.rw/live`
 * @param now in milliseconds
 */
export function liveOrigins(
  ask: () => Promise<readonly string[]>,
  now: () => number,
): () => Promise<readonly string[]> | readonly string[] {
  let known: readonly string[] | undefined
  let askAgainMs = Number.NEGATIVE_INFINITY
  let asking: Promise<readonly string[]> | undefined

  async function renew(): Promise<readonly string[]> {
    try {
      known = [...new Set((await ask()).filter((url) => URL.canParse(url)).map((url) => new URL(url).origin))]
      askAgainMs = now() + (known.length > 0 ? GOOD_MS : RETRY_MS)
    } catch {
      askAgainMs = now() + RETRY_MS
    }
    return (known ??= [])
  }

  return () => {
    if (now() >= askAgainMs) asking ??= renew().finally(() => (asking = undefined))
    return known ?? asking ?? []
  }
}
