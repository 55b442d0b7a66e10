import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { UserError } from '../../services/kit/user_error.ts'

/** Whether another account than root can reach the path. Always true when this process is not root: then no other does. */
export function isOpenToAll(path: string): boolean {
  if (process.getuid?.() !== 0) return true
  for (let folder = path; ; folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return false
    if (folder === dirname(folder)) return true
  }
}

/**
 * A folder below /var/tmp that stands in for a path below a closed one; the same one at every start.
 *
 * @throws {UserError} when somebody else has made it before us.
 */
export function openFolderFor(path: string): string {
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 12)
  const folder = join('/var/tmp', `tms-${hash}`)
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  if (statSync(folder).uid === process.getuid?.()) return folder
  throw new UserError(`${folder} belongs to another user: remove it, or move the checkout out of closed folders`)
}
