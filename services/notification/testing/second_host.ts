import { createLogger, ephemeralServiceKeys, newUuidV7, startHost, type Host } from '#kit'
import type { Suite } from '#kit/testing'
import { inject } from 'vitest'
import notification from '../service.ts'

/** The service started again, on the data of a suite whose own host has stopped. */
export function startAgain(
  { databaseUrl, namespace, clock }: Suite,
  env: Readonly<Record<string, string>>,
): Promise<Host> {
  return startHost({
    services: [notification],
    infra: { databaseUrl, redisUrl: inject('REDIS_URL'), natsUrl: inject('NATS_URL') },
    env,
    namespace,
    clock,
    newId: () => newUuidV7(clock.now().getTime()),
    log: createLogger('silent'),
    keys: ephemeralServiceKeys(),
    userKeys: async () => [],
    revocation: undefined,
    peerUrl: () => undefined,
    inner: undefined,
    apart: false,
    jobTimers: false,
    deliveries: 1,
    ackWaitMs: 5_000,
    poolSize: 4,
    wrapTransport: (base) => base,
  })
}
