import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { UserError } from '../../services/kit/user_error.ts'
import { onFreePort } from './ports.ts'
import { postgresPackage, type PostgresPackage } from './postgres_package.ts'
import { launch, type RunningServer } from './server_process.ts'

const run = promisify(execFile)

/** PostgreSQL refuses to run as root; this account owns nothing else. */
const NOBODY = 65534

type Cluster = {
  readonly data: string
  readonly program: PostgresPackage
  /** Whom the server runs as; undefined: as this process. */
  readonly uid: number | undefined
}

/**
 * Starts PostgreSQL from its npm package, creating the database cluster at first.
 *
 * The superuser `postgres` has a random password, kept beside the data: the roles of the services mean nothing on a
 * machine where whoever connects may be anyone.
 *
 * @param dir where data and log are; every parent must be searchable by all when this process is root.
 */
export async function startPostgres(options: {
  readonly dir: string
  readonly test: boolean
}): Promise<{ readonly server: RunningServer; readonly url: string }> {
  const { dir, test } = options
  const data = join(dir, 'postgres')
  const cluster = { data, program: postgresPackage(), uid: serverUser(data) }
  const password = existsSync(join(data, 'PG_VERSION')) ? opened(cluster) : await createCluster(cluster)
  const { server, port } = await onFreePort((port) => startOn(port, cluster, { log: join(dir, 'postgres.log'), test }))
  return { server, url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres` }
}

/** As root, whoever owns the data already, so that sudo may be used now and then; else nobody. */
function serverUser(data: string): number | undefined {
  const owner = existsSync(data) ? statSync(data).uid : undefined
  if (process.getuid?.() === 0) return owner || NOBODY
  if (owner === undefined || owner === process.getuid?.()) return undefined
  throw new UserError(`${data} belongs to another user: start as that user, or remove that folder to begin anew`)
}

const passwordFile = (data: string): string => join(dirname(data), 'postgres-password')

/** Readies existing data for a start. Returns the superuser's password. */
function opened({ data, program }: Cluster): string {
  const version = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim()
  if (version !== program.majorVersion) {
    const message = `${data} was made by PostgreSQL ${version}, but this is ${program.majorVersion}`
    throw new UserError(`${message}: begin anew with --fresh, or set DATABASE_URL to a server of that version`)
  }
  // Whoever holds the folder's claim knows that no server runs; the number in this file may by now be another's.
  rmSync(join(data, 'postmaster.pid'), { force: true })
  if (existsSync(passwordFile(data))) return readFileSync(passwordFile(data), 'utf8')
  throw new UserError(`${passwordFile(data)} is missing, without which nobody can log in: begin anew with --fresh`)
}

/** Creates an empty cluster. Returns the superuser's password. */
async function createCluster({ data, program, uid }: Cluster): Promise<string> {
  rmSync(data, { recursive: true, force: true }) // left over from a start that was broken off
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const password = randomBytes(18).toString('base64url')
  writeFileSync(passwordFile(data), password, { mode: 0o600 })
  const handed = `${data}.initial` // initdb reads it as the user it runs as
  writeFileSync(handed, password, { mode: 0o600 })
  if (uid !== undefined) for (const path of [data, handed]) chownSync(path, uid, uid)
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
  const account = ['--username=postgres', `--pwfile=${handed}`, '--auth=scram-sha-256']
  try {
    await run(program.initdb, ['-D', data, ...account, ...locale, '--no-sync'], {
      cwd: data,
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
      ...(uid === undefined ? {} : { uid, gid: uid }),
    })
  } catch (err) {
    rmSync(data, { recursive: true, force: true })
    throw new UserError(`PostgreSQL could not create its data folder ${data}: ${reasonOf(err)}`)
  } finally {
    rmSync(handed, { force: true })
  }
  return password
}

function reasonOf(err: unknown): string {
  const text = err instanceof Error ? ('stderr' in err && String(err.stderr).trim()) || err.message : String(err)
  return text.split('\n').slice(-1).join('')
}

function startOn(
  port: number,
  { data, program, uid }: Cluster,
  { log, test }: { readonly log: string; readonly test: boolean },
): Promise<RunningServer> {
  const spec = {
    name: 'PostgreSQL',
    command: program.postgres,
    args: ['-D', data, '-p', String(port), ...settings(test).flatMap((setting) => ['-c', setting])],
    logFile: log,
    stopSignal: 'SIGINT', // ends open sessions; SIGTERM would wait for them
    cwd: data,
    ...(uid === undefined ? {} : { uid }),
  } as const
  return launch(spec, () => saysReady(data))
}

/** The last line of this file is the server's state; `pg_ctl --wait` reads it too. */
function saysReady(data: string): boolean {
  try {
    return /^ready\s*$/m.test(readFileSync(join(data, 'postmaster.pid'), 'utf8'))
  } catch {
    return false
  }
}

/** For a small machine with many short transactions; for tests nothing need survive a crash. */
function settings(test: boolean): string[] {
  const durability = test
    ? ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'wal_level=minimal', 'max_wal_senders=0']
    : ['synchronous_commit=on', 'max_wal_size=1GB']
  return [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=300',
    `shared_buffers=${test ? '64MB' : '128MB'}`,
    'random_page_cost=1.1',
    'jit=off',
    'max_parallel_workers_per_gather=0',
    `scram_iterations=${test ? 1 : 4096}`, // what a log-in costs on both sides
    'log_error_verbosity=terse', // without the rows' values, which may be personal data
    'log_min_error_statement=panic',
    ...durability,
  ]
}
