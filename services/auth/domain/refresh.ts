/** What is known of a refresh token that came back. */
export type KnownRefreshToken = {
  /** When it was exchanged; undefined while it was not. */
  readonly useTime: Date | undefined
  /** Whether the token that it was exchanged for has been exchanged itself. */
  readonly successorUsed: boolean
}

/**
 * What to do with a refresh token of a live session.
 *
 * - `ROTATE`: it is the newest of its session; give its successor.
 * - `REPEAT`: it was exchanged a moment ago and nobody went on from there; give the same successor again.
 * - `REUSED`: two holders have it, of whom one is a thief, and nobody can tell which; end the session.
 */
export type RefreshDecision = 'ROTATE' | 'REPEAT' | 'REUSED'

/**
 * Decides by RFC 9700, 4.14.2 (rotation with re-use detection), with a leeway.
 *
 * Several tabs of one browser, or a client whose answer was lost on the way, send a token twice within seconds. In the
 * leeway they get the same successor, so a session stays one chain with one newest token. The usual alternative, a
 * second successor, would split the chain in two, and a thief who is quick enough would have one of them for good. Here
 * the thief at best holds the same token as the owner: whoever uses it second is found out. The leeway ends early when
 * somebody goes on from the successor.
 */
export function decideRefresh(known: KnownRefreshToken, leewaySeconds: number, now: Date): RefreshDecision {
  if (!known.useTime) return 'ROTATE'
  const inLeeway = now.getTime() - known.useTime.getTime() <= leewaySeconds * 1000
  return inLeeway && !known.successorUsed ? 'REPEAT' : 'REUSED'
}
