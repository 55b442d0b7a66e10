import postgres, { type Sql } from 'postgres'
import { inject } from 'vitest'
import { newUuidV7, storedServiceKeys } from '#kit'
import { createTestDatabase, testIssuer, type Who } from '#kit/testing'
import { freePort } from '../../../../deploy/local/index.ts'
import tracking from '../../../../services/tracking/service.ts'
import { mortal, type Mortal } from './birth.ts'
import { startServers } from './servers.ts'

/** Two processes of tracking and the servers that they need, each of which can be killed. */
export type MortalStage = {
  /** Takes what phones stream. */
  readonly ingest: Mortal
  /** Takes sockets. */
  readonly node: Mortal
  readonly redis: Mortal
  readonly nats: Mortal
  readonly baseUrl: string
  /** Where sockets connect: at the process that takes sockets first, then at the other. */
  readonly liveUrls: readonly [string, string]
  readonly sql: Sql
  token(who: Who): Promise<string>
  stop(): Promise<void>
}

/** Starts all of it; PostgreSQL is that of the test run. */
export async function startMortalStage(): Promise<MortalStage> {
  const database = await createTestDatabase(inject('DATABASE_URL'), [tracking])
  const servers = await startServers()
  const issuer = await testIssuer()
  const keysDir = `${servers.dir}/keys`
  // One by one: two processes at once would each make a pair.
  for (const name of ['tracking', 'company']) await storedServiceKeys(keysDir).privateKey(name)
  const { redisUrl, natsUrl } = servers
  const birth = {
    services: ['tracking'] as const,
    infra: { databaseUrl: database.url, redisUrl, natsUrl },
    keysDir,
    userKeys: issuer.keys,
  }
  const [port, nodePort, livePort, nodeLivePort] = await Promise.all([freePort(), freePort(), freePort(), freePort()])
  const env = (live: number) => ({
    TRACKING_LIVE_PORT: live.toString(),
    TRACKING_LIVE_RECHECK_SECONDS: '1',
    // All phones of the test are at one address.
    TRACKING_LIVE_MAX_UNSIGNED_PER_ADDRESS: '1000',
  })
  const ingest = mortal({ ...birth, port, env: env(livePort) })
  const node = mortal({ ...birth, port: nodePort, env: env(nodeLivePort) })
  await ingest.start()
  await node.start()
  const sql = postgres(database.url, { max: 2, onnotice: () => {}, connection: { search_path: 'tracking, public' } })
  return {
    ingest,
    node,
    redis: servers.redis,
    nats: servers.nats,
    baseUrl: `http://127.0.0.1:${port}`,
    liveUrls: [`ws://127.0.0.1:${nodeLivePort}/live`, `ws://127.0.0.1:${livePort}/live`],
    sql,
    token: (who) => issuer.sign({ userId: newUuidV7(Date.now()), ...who }),
    stop: async () => {
      await Promise.all([ingest.kill(), node.kill()])
      await servers.stop()
      await sql.end({ timeout: 1 })
      await database.drop()
    },
  }
}
