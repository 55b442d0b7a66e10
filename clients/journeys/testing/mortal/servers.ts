import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { findServer, programFolders } from '../../../../deploy/local/binaries.ts'
import { startNats } from '../../../../deploy/local/nats.ts'
import { startRedis } from '../../../../deploy/local/redis.ts'
import type { Mortal } from './birth.ts'

/** Redis and NATS of one test's own, which can be killed and come back on the same port with what their disks have. */
export type Servers = {
  readonly dir: string
  readonly redisUrl: string
  readonly natsUrl: string
  readonly redis: Mortal
  readonly nats: Mortal
  stop(): Promise<void>
}

type Running = Awaited<ReturnType<typeof startRedis>>
type Start = (port?: number) => Promise<Running>

/** Starts both. */
export async function startServers(): Promise<Servers> {
  const dir = mkdtempSync(resolve(tmpdir(), 'tms-mortal-'))
  chmodSync(dir, 0o755)
  const { PATH, REDIS_SERVER, NATS_SERVER } = process.env
  const search = { env: { REDIS_SERVER, NATS_SERVER }, folders: programFolders(PATH), cache: resolve('.tms/debs') }
  const [redisBinary, natsBinary] = await Promise.all([findServer('redis', search), findServer('nats', search)])
  const on = (port: number | undefined) => (port === undefined ? {} : { port })
  const [redis, nats] = await Promise.all([
    server((port) => startRedis({ dir, test: false, binary: redisBinary, ...on(port) })),
    server((port) => startNats({ dir, binary: natsBinary, ...on(port) })),
  ])
  return {
    dir,
    redisUrl: redis.url,
    natsUrl: nats.url,
    redis,
    nats,
    stop: async () => {
      await Promise.all([redis.kill(), nats.kill()])
      rmSync(dir, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

async function server(start: Start): Promise<Mortal & { readonly url: string }> {
  let running: Running | undefined = await start()
  const { url } = running
  return {
    url,
    start: async () => {
      running = await start(Number(new URL(url).port))
    },
    kill: async () => {
      if (!running) return
      process.kill(running.server.pid, 'SIGKILL')
      await running.server.stop()
      running = undefined
    },
  }
}
