// Services in a process of their own, as `npm start -- tracking` runs them, so that it can be killed.
import type { JWK } from 'jose'
import { createLogger, FakeClock, newUuidV7, startHost, storedServiceKeys, systemClock } from '#kit'
import { loadServices } from '../../../../services/roster.ts'
import type { Birth } from './birth.ts'

const birth = JSON.parse(process.env['BIRTH'] ?? '{}') as Birth

await startHost({
  services: await loadServices(birth.services),
  infra: birth.infra,
  namespace: birth.namespace ?? '',
  clock: birth.now === undefined ? systemClock : new FakeClock(birth.now),
  newId: () => newUuidV7(Date.now()),
  env: birth.env,
  log: createLogger(process.env['LOG_LEVEL'] ?? 'silent'),
  keys: storedServiceKeys(birth.keysDir),
  userKeys: () => Promise.resolve(birth.userKeys as JWK[]),
  revocation: undefined,
  peerUrl: () => undefined,
  inner: { host: '127.0.0.1', port: birth.port },
  apart: false,
  jobTimers: birth.now === undefined,
  deliveries: 1,
  ackWaitMs: birth.ackWaitMs ?? 1_000,
  poolSize: 6,
  wrapTransport: (transport) => transport,
})
// A parent that is gone needs no child.
process.on('disconnect', () => process.exit(0))
process.send?.('serving')
