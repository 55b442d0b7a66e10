import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { findServer, programFolders, type Search } from './binaries.ts'
import { claimFolder, type Claim } from './claim.ts'
import { givenUrl } from './given_url.ts'
import { startNats } from './nats.ts'
import { isOpenToAll, openFolderFor } from './open_folder.ts'
import { startPostgres } from './postgres.ts'
import { startRedis } from './redis.ts'
import type { RunningServer } from './server_process.ts'

export { UserError } from '../../services/kit/user_error.ts'
export { freePort } from './ports.ts'

/** Where the servers of a suite answer. */
export type Infra = {
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly natsUrl: string
  /** Ends the servers that were started here, not those given by address. */
  stop(): Promise<void>
}

/** What to start, and where its data lives. */
export type InfraOptions = {
  /** Created when it is missing. One suite at a time may use it. */
  readonly dir: string
  /** Begin with empty servers. */
  readonly fresh?: boolean
  /** Faster, and nothing need survive a crash of the machine. */
  readonly test?: boolean
  /**
   * DATABASE_URL, REDIS_URL and NATS_URL name servers to use instead of starting one, each by itself;
   * REDIS_SERVER and NATS_SERVER name programs. By default this process's environment.
   */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** Programs fetched once serve every data folder of the checkout. */
const PROGRAM_CACHE = resolve(import.meta.dirname, '../../.tms/debs')

/** What a server is started with. */
type Setting = Required<Pick<InfraOptions, 'test' | 'env'>> & {
  readonly dir: string
  readonly postgresDir: string
  readonly search: Search
}

type Started = { readonly server: RunningServer; readonly url: string }

const SERVERS = [
  { variable: 'DATABASE_URL', start: ({ postgresDir, test }: Setting) => startPostgres({ dir: postgresDir, test }) },
  {
    variable: 'REDIS_URL',
    start: async ({ dir, test, search }: Setting) =>
      startRedis({ dir, test, binary: await findServer('redis', search) }),
  },
  {
    variable: 'NATS_URL',
    start: async ({ dir, search }: Setting) => startNats({ dir, binary: await findServer('nats', search) }),
  },
] as const

/**
 * Starts PostgreSQL, Redis and NATS JetStream on free ports of 127.0.0.1, with their data below `dir`.
 *
 * They end with this process, however it ends.
 *
 * @throws {UserError} when a program is missing, a given address does not answer, or a running suite uses `dir`;
 *   nothing is left running then.
 */
export async function startInfra(options: InfraOptions): Promise<Infra> {
  const { test = false, env = process.env } = options
  const dir = resolve(options.dir)
  const claim = await claimFolder(dir)
  const servers: RunningServer[] = []
  const postgresDir = isOpenToAll(dir) ? dir : openFolderFor(dir)
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()))
    if (test && postgresDir !== dir) rmSync(postgresDir, { recursive: true, force: true })
    claim.release()
  }
  try {
    if (options.fresh) wipe(dir, postgresDir)
    const search = { env, folders: programFolders(env['PATH']), cache: PROGRAM_CACHE }
    const [databaseUrl, redisUrl, natsUrl] = await startAll({ dir, postgresDir, test, env, search }, servers, claim)
    return { databaseUrl, redisUrl, natsUrl, stop }
  } catch (err) {
    await stop()
    throw err
  }
}

/** Waits for all of them also when one fails, so that the caller can stop every one that did start. */
async function startAll(
  setting: Setting,
  servers: RunningServer[],
  claim: Claim,
): Promise<[databaseUrl: string, redisUrl: string, natsUrl: string]> {
  const starts = SERVERS.map(async ({ variable, start }): Promise<string> => {
    const given = setting.env[variable]
    if (given) return givenUrl(variable, given)
    const { server, url }: Started = await start(setting)
    servers.push(server)
    claim.add(server.pid)
    return url
  })
  await Promise.allSettled(starts)
  return (await Promise.all(starts)) as [string, string, string]
}

function wipe(dir: string, postgresDir: string): void {
  for (const folder of [join(postgresDir, 'postgres'), join(dir, 'redis'), join(dir, 'nats')]) {
    rmSync(folder, { recursive: true, force: true })
  }
}
