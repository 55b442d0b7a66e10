import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { faults, root, type Finding } from './command.ts'

/** The part of package-lock.json that is read here. */
export type LockFile = { readonly packages: Readonly<Record<string, LockEntry>> }

type LockEntry = {
  readonly resolved?: string
  readonly link?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** Whether `npm ci` can install from the lock file on every platform, from whichever registry is set. */
export function lockFile(): Finding {
  return faults(lockFaults(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as LockFile))
}

/**
 * The faults of a lock file, a sentence each.
 *
 * `npm install` silently leaves out a platform's package that its registry lacks; `npm ci` then fails on that platform.
 */
export function lockFaults({ packages }: LockFile): string[] {
  return Object.entries(packages).flatMap(([path, entry]) => {
    const optional = Object.keys(entry.optionalDependencies ?? {})
    const missing = optional.filter((name) => !isLocked(name, path, packages))
    return [
      ...missing.map((name) => `package-lock.json: ${path || 'the project'} may need ${name}, which has no entry`),
      ...(entry.resolved && !entry.link ? [`package-lock.json: ${path} names the address of a registry`] : []),
    ]
  })
}

/** Looks where Node would: in the package's own node_modules, then in those around it. */
function isLocked(name: string, path: string, packages: LockFile['packages']): boolean {
  const segments = path === '' ? [] : path.split('/node_modules/')
  const folders = segments.map((_, depth) => `${segments.slice(0, depth + 1).join('/node_modules/')}/node_modules/`)
  return ['node_modules/', ...folders].some((folder) => `${folder}${name}` in packages)
}
