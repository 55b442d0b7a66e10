import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { UserError } from '../../services/kit/user_error.ts'
import { fetchFromDebian } from './debian.ts'

/** A program that was found, with what its environment must hold. */
export type Binary = { readonly path: string; readonly env: Readonly<Record<string, string>> }

/** A server that does not come from npm. */
type Program = {
  readonly key: 'redis' | 'nats'
  readonly variable: string
  readonly names: readonly string[]
  /** Its package, and those whose files the package's own point to. */
  readonly debianPackages: readonly string[]
  readonly debianPath: string
  readonly advice: string
}

const REDIS: Program = {
  key: 'redis',
  variable: 'REDIS_SERVER',
  names: ['redis-server', 'valkey-server'],
  debianPackages: ['redis-server', 'redis-tools'],
  debianPath: 'usr/bin/redis-server',
  advice:
    'redis-server is missing: install it with `apt-get install redis-server` or `brew install redis`, or run ' +
    '`docker run -d -p 6379:6379 redis:7` and set REDIS_URL=redis://127.0.0.1:6379',
}

const NATS: Program = {
  key: 'nats',
  variable: 'NATS_SERVER',
  names: ['nats-server'],
  debianPackages: ['nats-server'],
  debianPath: 'usr/sbin/nats-server',
  advice:
    'nats-server is missing: install it with `apt-get install nats-server` or `brew install nats-server`, or run ' +
    '`docker run -d -p 4222:4222 nats:2.10 -js` and set NATS_URL=nats://127.0.0.1:4222',
}

/** Folders that hold servers but are often not in the PATH of a plain user. */
const MORE_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin']

/** Where programs are looked for. */
export type Search = {
  /** May name the servers in REDIS_SERVER and NATS_SERVER. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly folders: readonly string[]
  /** Keeps what was unpacked from Debian packages, so that it is fetched once. */
  readonly cache: string
}

/** The folders of PATH, and a few more. */
export function programFolders(path: string | undefined): string[] {
  return [...(path ?? '').split(delimiter).filter(Boolean), ...MORE_FOLDERS]
}

/**
 * Finds a server: named by REDIS_SERVER or NATS_SERVER, in the folders, unpacked earlier, or, on Debian and its kin,
 * fetched and unpacked into the cache, which needs no root and changes nothing else.
 *
 * @throws {UserError} when there is none, saying how to get one.
 */
export async function findServer(name: 'redis' | 'nats', search: Search): Promise<Binary> {
  const program = name === 'redis' ? REDIS : NATS
  const found = find(program, search)
  if (found) return found
  await fetchFromDebian(program.debianPackages, { folders: search.folders, into: join(search.cache, name) })
  const fetched = unpacked(program, search.cache)
  if (!fetched) throw new UserError(program.advice)
  return fetched
}

function find(program: Program, search: Search): Binary | undefined {
  const named = search.env[program.variable]
  if (named) return namedBinary(program.variable, named)
  const path = program.names.map((name) => findProgram(name, search.folders)).find((path) => path !== undefined)
  return path ? { path, env: {} } : unpacked(program, search.cache)
}

/** The first executable of this name in the folders. */
export function findProgram(name: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

function namedBinary(variable: string, path: string): Binary {
  if (!isExecutable(path)) throw new UserError(`${variable} names ${path}, which is no program: correct or unset it`)
  return { path, env: {} }
}

function unpacked(program: Program, cache: string): Binary | undefined {
  const root = join(cache, program.key)
  const path = join(root, program.debianPath)
  if (!isExecutable(path)) return undefined
  const triplet = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu'
  return { path, env: { LD_LIBRARY_PATH: join(root, 'usr/lib', triplet) } }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
