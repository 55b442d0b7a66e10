import { renameSync, rmSync } from 'node:fs'

/** Puts a finished folder in its place at once, so that nobody sees half of it. One that is there already stays. */
export function placeOnce(finished: string, place: string): void {
  try {
    renameSync(finished, place)
  } catch (err) {
    const taken = err instanceof Error && 'code' in err && (err.code === 'ENOTEMPTY' || err.code === 'EEXIST')
    if (!taken) throw err
    rmSync(finished, { recursive: true, force: true })
  }
}
