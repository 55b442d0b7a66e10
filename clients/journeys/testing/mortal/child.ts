// Tracking in a process of its own, as `npm start -- tracking` runs it, so that it can be killed.
import type { JWK } from 'jose'
import { createLogger, newUuidV7, startHost, storedServiceKeys, systemClock } from '#kit'
import tracking from '../../../../services/tracking/service.ts'
import type { Birth } from './birth.ts'

const birth = JSON.parse(process.env['BIRTH'] ?? '{}') as Birth

await startHost({
  services: [tracking],
  infra: birth.infra,
  namespace: '',
  clock: systemClock,
  newId: () => newUuidV7(Date.now()),
  env: birth.env,
  log: createLogger(process.env['LOG_LEVEL'] ?? 'silent'),
  keys: storedServiceKeys(birth.keysDir),
  userKeys: () => Promise.resolve(birth.userKeys as JWK[]),
  revocation: undefined,
  peerUrl: () => undefined,
  inner: { host: '127.0.0.1', port: birth.port },
  apart: false,
  jobTimers: true,
  deliveries: 1,
  ackWaitMs: 1_000,
  poolSize: 6,
  wrapTransport: (transport) => transport,
})
// A parent that is gone needs no child.
process.on('disconnect', () => process.exit(0))
process.send?.('serving')
