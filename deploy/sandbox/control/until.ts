import type { Changes } from '../world/changes.ts'

/**
 * Resolves with what `find` returns once that is not undefined, looking again at every change.
 *
 * @throws {Error} after `timeoutMs` without it.
 */
export function until<T>(changes: Changes, find: () => T | undefined, timeoutMs: number): Promise<T> {
  const already = find()
  if (already !== undefined) return Promise.resolve(already)
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      stopWatching()
      reject(new Error(`nothing came within ${timeoutMs} ms`))
    }, timeoutMs)
    const stopWatching = changes.watch(() => {
      const found = find()
      if (found === undefined) return
      clearTimeout(timer)
      stopWatching()
      resolve(found)
    })
  })
}
