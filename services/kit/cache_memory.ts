/** A value that came from Redis or went there, and the mark of its entry. */
export type Remembered = { readonly mark: string; readonly value: unknown; readonly size: number }

/** What one process remembers of a cache. */
export interface CacheMemory {
  get(key: string): Remembered | undefined
  /** @param text the value as JSON */
  keep(key: string, mark: string, text: string): Remembered
  forget(key: string): void
}

/** As many characters of JSON as all values together may have; in memory they take about as many bytes. */
const MOST_CHARACTERS = 16_000_000

/** Bounded: what was not asked for the longest makes room. */
export function cacheMemory(most = MOST_CHARACTERS): CacheMemory {
  const entries = new Map<string, Remembered>()
  let size = 0
  const forget = (key: string) => {
    size -= entries.get(key)?.size ?? 0
    entries.delete(key)
  }
  return {
    get: (key) => {
      const found = entries.get(key)
      if (!found) return undefined
      // The last in line is the one that was asked for last.
      entries.delete(key)
      entries.set(key, found)
      return found
    },
    keep: (key, mark, text) => {
      forget(key)
      const kept = { mark, value: JSON.parse(text) as unknown, size: key.length + text.length }
      entries.set(key, kept)
      size += kept.size
      for (const oldest of entries.keys()) {
        if (size <= most) break
        forget(oldest)
      }
      return kept
    },
    forget,
  }
}
