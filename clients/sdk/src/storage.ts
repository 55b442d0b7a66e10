/**
 * Where a client keeps what must outlive the page or the process: the session, and keys of calls that are not finished.
 *
 * The `localStorage` of a browser fits as it is, and so does the storage of most app frameworks.
 */
export interface TmsStorage {
  getItem(key: string): string | null | Promise<string | null>
  setItem(key: string, value: string): void | Promise<void>
  removeItem(key: string): void | Promise<void>
}

/** Keeps everything until the process or the page ends, and no longer. */
export function memoryStorage(): TmsStorage {
  const items = new Map<string, string>()
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  }
}
