import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../../services/kit/user_error.ts'
import { identify, isRunning, type ProcessIdentity } from './process_identity.ts'

/** Who uses a data folder: the process that started the servers, and the servers. */
type Claimants = { readonly owner: ProcessIdentity; readonly servers: readonly ProcessIdentity[] }

/** The right to use a data folder. */
export type Claim = {
  /** Writes down a server, so that the next start can end it should it outlive this process. */
  add(pid: number): void
  release(): void
}

const ORPHANS_WITHIN_MS = 8_000

/**
 * Takes a data folder for this process. What a crashed run left is cleared away first.
 *
 * @throws {UserError} when a process that still runs has it.
 */
export async function claimFolder(dir: string): Promise<Claim> {
  mkdirSync(dir, { recursive: true, mode: 0o755 })
  const file = join(dir, 'running.json')
  const earlier = claimantsIn(file)
  if (earlier && isRunning(earlier.owner)) {
    throw new UserError(`the suite already runs on ${dir} (process ${earlier.owner.pid}): stop that one first`)
  }
  if (earlier) {
    await endAll(earlier.servers)
    rmSync(file, { force: true })
  }
  return newClaim(file, dir)
}

function newClaim(file: string, dir: string): Claim {
  const owner = identify(process.pid) ?? { pid: process.pid, started: '' }
  const servers: ProcessIdentity[] = []
  const write = (flag: 'w' | 'wx'): void => writeFileSync(file, JSON.stringify({ owner, servers }), { flag })
  try {
    write('wx')
  } catch (err) {
    if (!(err instanceof Error && 'code' in err && err.code === 'EEXIST')) {
      throw new UserError(`${dir} cannot be written to: start as its owner, or choose another folder`)
    }
    throw new UserError(`another start of the suite on ${dir} was faster: stop that one first`)
  }
  return {
    add(pid) {
      const server = identify(pid)
      if (server) servers.push(server)
      write('w')
    },
    release: () => rmSync(file, { force: true }),
  }
}

function claimantsIn(file: string): Claimants | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Claimants
  } catch {
    return undefined
  }
}

/** Ends servers whose owner is gone: their data must not be opened twice. */
async function endAll(servers: readonly ProcessIdentity[]): Promise<void> {
  const deadline = performance.now() + ORPHANS_WITHIN_MS
  for (const server of servers) if (isRunning(server)) process.kill(server.pid, 'SIGINT')
  for (const server of servers) {
    while (isRunning(server)) {
      if (performance.now() > deadline)
        throw new UserError(`process ${server.pid} of an earlier run does not end: kill it`)
      await sleep(20)
    }
  }
}
