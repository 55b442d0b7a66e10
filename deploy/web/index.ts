import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { constants, setPriority } from 'node:os'
import { join, resolve } from 'node:path'
import { placeOnce } from '../local/place_once.ts'

const root = resolve(import.meta.dirname, '../..')

/** Whatever the build reads. The lock file stands for every package. */
const SOURCES = [
  'clients/{portal,ui,sdk}/**/*.{ts,tsx,css,json,svg,png,webmanifest}',
  'gen/**/*.ts',
  'deploy/web/*.ts',
  'package-lock.json',
]

/** A portal that is built, or being built. */
export type WebBuild = {
  /** Where it is, or will be: whole from its first moment. */
  readonly folder: string
  readonly isThere: boolean
  /** Resolves when it is there; rejects with the words of the build when it fails. */
  readonly done: Promise<void>
}

/**
 * The built portal for the sources as they are. Built when it is not there, which takes some seconds; kept under `dir` by
 * what went into it, so that an unchanged checkout builds once.
 *
 * @param gently whether everything else on the machine goes first
 */
export function buildWeb(dir: string, gently = false): WebBuild {
  const web = resolve(root, dir, 'web')
  const folder = join(web, digest())
  const isThere = existsSync(folder)
  return { folder, isThere, done: isThere ? Promise.resolve() : build(web, folder, gently) }
}

/** The folder of the built portal, once it is there. @throws {Error} with the words of the build when it fails */
export async function builtWeb(dir: string): Promise<string> {
  const { folder, done } = buildWeb(dir)
  await done
  return folder
}

async function build(web: string, folder: string, gently: boolean): Promise<void> {
  mkdirSync(web, { recursive: true })
  const unfinished = mkdtempSync(join(web, 'building-'))
  try {
    await run(unfinished, gently)
    placeOnce(unfinished, folder)
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
  forgetOthers(web, folder)
}

function digest(): string {
  const hash = createHash('sha256')
  const files = SOURCES.flatMap((pattern) => globSync(pattern, { cwd: root, exclude: isForeign }))
  for (const file of files.sort())
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
      .update('\0')
  return hash.digest('hex').slice(0, 20)
}

function isForeign(path: string): boolean {
  return /(?:^|\/)(?:node_modules|dist|browser)(?:\/|$)|\.test\.ts$/.test(path)
}

/** In a process of its own: the memory of a bundler is not that of a server. */
async function run(folder: string, gently: boolean): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'build.ts'), folder], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (gently && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`the portal could not be built:\n${said}`)
}

/** The newest two stay: the other may be that of a suite that still runs. */
function forgetOthers(web: string, folder: string): void {
  const others = readdirSync(web)
    .filter((name) => !name.startsWith('building-') && join(web, name) !== folder)
    .map((name) => join(web, name))
  for (const other of others.slice(0, -1)) rmSync(other, { recursive: true, force: true })
}
