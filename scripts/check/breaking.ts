import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { command, type Finding } from './command.ts'

/**
 * Whether old clients can still read and write what the contracts say: compares with main, and on main itself with
 * the commit before.
 *
 * Skipped, saying so, where there is no such commit to compare with, as in a download without history.
 */
export async function breakingChanges(): Promise<Finding> {
  const base = await baseCommit()
  if (!base) return { ok: true, said: 'skipped: there is no earlier commit of main here' }
  const work = mkdtempSync(join(tmpdir(), 'tms-base-'))
  try {
    const unpacked = await unpack(base, work)
    if (!unpacked.ok) return { ok: true, said: `skipped: ${base.slice(0, 7)} has no contracts` }
    return await command('buf', 'breaking', '--against', join(work, 'tree'))
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

async function baseCommit(): Promise<string | undefined> {
  const head = await commitOf('HEAD')
  const main = (await commitOf('main')) ?? (await commitOf('origin/main'))
  return head === main ? commitOf('HEAD~1') : main
}

async function commitOf(ref: string): Promise<string | undefined> {
  const { ok, said } = await command('git', 'rev-parse', '--quiet', '--verify', `${ref}^{commit}`)
  return ok ? said.trim() : undefined
}

/** buf can read a commit itself, but asks the remote for it, which a shallow clone without network cannot answer. */
async function unpack(commit: string, work: string): Promise<Finding> {
  const archive = join(work, 'base.tar')
  const tree = join(work, 'tree')
  mkdirSync(tree)
  const packed = await command('git', 'archive', '--output', archive, commit, 'buf.yaml', 'proto')
  return packed.ok ? command('tar', '-xf', archive, '-C', tree) : packed
}
