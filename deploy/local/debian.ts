import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { findProgram } from './binaries.ts'
import { placeOnce } from './place_once.ts'

const run = promisify(execFile)
const TIMEOUT_MS = 180_000

type Apt = {
  readonly aptGet: string
  readonly dpkg: string
  readonly work: string
  readonly options: readonly string[]
}

/**
 * Fetches Debian packages with those they still need, and unpacks them into a folder, without installing anything.
 *
 * Does nothing where there is no apt, and leaves nothing where it fails: the caller looks whether the program is there.
 */
export async function fetchFromDebian(
  packages: readonly string[],
  { folders, into }: { readonly folders: readonly string[]; readonly into: string },
): Promise<void> {
  const aptGet = findProgram('apt-get', folders)
  const dpkg = findProgram('dpkg', folders)
  if (!aptGet || !dpkg) return
  process.stderr.write(`fetching ${packages.join(', ')} from Debian, once\n`)
  mkdirSync(dirname(into), { recursive: true, mode: 0o755 })
  const work = mkdtempSync(`${into}-`)
  try {
    await download({ aptGet, dpkg, work, options: sandboxOptions() }, packages)
    placeOnce(join(work, 'root'), into)
  } catch (err) {
    process.stderr.write(`that failed: ${err instanceof Error ? err.message : String(err)}\n`)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Takes the machine's package lists, and lists of its own where those are empty or out of date. */
async function download(apt: Apt, packages: readonly string[]): Promise<void> {
  try {
    await unpack(apt, packages)
  } catch {
    const options = [...apt.options, ...privateLists(apt.work)]
    await run(apt.aptGet, [...options, '-q', 'update'], { timeout: TIMEOUT_MS })
    await unpack({ ...apt, options }, packages)
  }
}

async function unpack({ aptGet, dpkg, work, options }: Apt, packages: readonly string[]): Promise<void> {
  const simulation = [...options, '-q', '-s', '--no-install-recommends', 'install', ...packages]
  const { stdout } = await run(aptGet, simulation, { timeout: TIMEOUT_MS })
  const lacking = [...stdout.matchAll(/^Inst (\S+)/gm)].map((match) => match[1] ?? '')
  const wanted = [...new Set([...packages, ...lacking])]
  await run(aptGet, [...options, '-q', 'download', ...wanted], { cwd: work, timeout: TIMEOUT_MS })
  for (const archive of readdirSync(work).filter((name) => name.endsWith('.deb'))) {
    await run(dpkg, ['-x', archive, 'root'], { cwd: work })
  }
}

/** As root, apt fetches as a user of its own, who cannot write into our folder. */
function sandboxOptions(): string[] {
  return process.getuid?.() === 0 ? ['-o', 'APT::Sandbox::User=root'] : []
}

function privateLists(work: string): string[] {
  const lists = join(work, 'lists')
  const cache = join(work, 'cache')
  mkdirSync(join(lists, 'partial'), { recursive: true })
  mkdirSync(join(cache, 'archives', 'partial'), { recursive: true })
  return ['-o', `Dir::State::lists=${lists}`, '-o', `Dir::Cache=${cache}`]
}
