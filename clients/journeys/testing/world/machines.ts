import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres, { type Sql } from 'postgres'
import { createLogger, type Host, newUuidV7, startHost, storedServiceKeys, systemClock } from '#kit'
import { type Infra, startInfra } from '../../../../deploy/local/index.ts'
import { type Town, townWithGateway } from './front_door.ts'
import { type Neighbourhood, type Places, placesOf } from './processes.ts'

/** The suite in several processes, on servers of its own, with the outside world beside it. */
export type Machines<P extends Places> = Neighbourhood<P> & {
  readonly town: Town
  readonly infra: Infra
  /** Calls as services do, to prepare what a journey begins with. */
  readonly host: Host
  /** Sees all schemas. */
  readonly sql: Sql
  stop(): Promise<void>
}

/** Starts servers and processes; everything ends with `stop`. */
export async function startMachines<P extends Places>(layout: P): Promise<Machines<P>> {
  const dir = mkdtempSync(join(tmpdir(), 'tms-journey-'))
  chmodSync(dir, 0o755) // PostgreSQL may run as another user
  const { PATH = '', REDIS_SERVER, NATS_SERVER } = process.env
  const infra = await startInfra({ dir, test: true, env: { PATH, REDIS_SERVER, NATS_SERVER } })
  const town = await townWithGateway()
  const keysDir = join(dir, 'keys')
  const { places, urlOf } = await placesOf(layout, dir, {
    ...town.env,
    ...settings(infra),
    PATH,
    SERVICE_KEYS_DIR: keysDir,
  })
  await Promise.all(Object.values(places).map((place) => place.start()))
  const host = await observer(infra, keysDir, urlOf)
  const sql = postgres(infra.databaseUrl, { max: 1, onnotice: () => {} })
  const stop = async () => {
    await Promise.all(Object.values(places).map((place) => place.stop()))
    await host.stop()
    await sql.end({ timeout: 1 })
    await town.stop()
    await infra.stop()
    rmSync(dir, { recursive: true, force: true, maxRetries: 3 })
  }
  return { places, urlOf, town, infra, host, sql, stop }
}

function settings({ databaseUrl, redisUrl, natsUrl }: Infra): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    NATS_URL: natsUrl,
    DATABASE_POOL: '3',
    AUTH_KEY: 'a key for the length of a journey only',
    QR_KEY: 'another key for the length of a journey only',
    // What a dead consumer was working on is given out again soon.
    EVENT_ACK_WAIT_MS: '1000',
    LOG_LEVEL: 'debug',
  }
}

/** A host of no services, whose word is taken as that of one. */
function observer(infra: Infra, keysDir: string, peerUrl: (service: string) => string | undefined): Promise<Host> {
  return startHost({
    services: [],
    infra,
    env: {},
    namespace: '',
    clock: systemClock,
    newId: () => newUuidV7(Date.now()),
    log: createLogger('silent'),
    keys: storedServiceKeys(keysDir),
    userKeys: () => Promise.resolve([]),
    revocation: undefined,
    peerUrl,
    inner: undefined,
    apart: false,
    jobTimers: false,
    deliveries: 1,
    ackWaitMs: 1_000,
    poolSize: 1,
    wrapTransport: (transport) => transport,
  })
}
