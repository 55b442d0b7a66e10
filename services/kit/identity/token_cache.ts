/** Verified tokens, so that a token's signature is checked once and not on every call. */
export interface TokenCache<T> {
  get(token: string): T | undefined
  /** @param expireSeconds the token's `exp`: it is never answered from here after that */
  set(token: string, value: T, expireSeconds: number): void
}

/** Bounded: the oldest entries make room, so that strangers' tokens cannot fill the memory. */
export function tokenCache<T>(limit = 10_000): TokenCache<T> {
  const entries = new Map<string, { value: T; expireMs: number }>()
  return {
    get(token) {
      const found = entries.get(token)
      if (!found) return undefined
      if (found.expireMs > Date.now()) return found.value
      entries.delete(token)
      return undefined
    },
    set(token, value, expireSeconds) {
      if (entries.size >= limit) entries.delete(entries.keys().next().value ?? '')
      entries.set(token, { value, expireMs: expireSeconds * 1000 })
    },
  }
}
