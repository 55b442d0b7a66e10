// The payment service in a process of its own, whose clock and jobs are its parent's to move, so that it can be killed.
import type { JWK } from 'jose'
import {
  createLogger,
  detachedCall,
  durationMs,
  FakeClock,
  newUuidV7,
  runInCall,
  startHost,
  storedServiceKeys,
} from '#kit'
import payment from '../../service.ts'
import type { Birth, Order } from './life.ts'

const birth = JSON.parse(process.env['BIRTH'] ?? '{}') as Birth
const clock = new FakeClock(birth.now)

const host = await startHost({
  services: [payment],
  infra: birth.infra,
  namespace: birth.namespace,
  clock,
  newId: () => newUuidV7(clock.now().getTime()),
  env: birth.env,
  log: createLogger(process.env['LOG_LEVEL'] ?? 'silent'),
  keys: storedServiceKeys(birth.keysDir),
  userKeys: () => Promise.resolve(birth.userKeys as JWK[]),
  revocation: undefined,
  peerUrl: () => undefined,
  inner: { host: '127.0.0.1', port: birth.port },
  apart: false,
  jobTimers: false,
  deliveries: 1,
  ackWaitMs: 5_000,
  // As many as there are calls in flight when it dies.
  poolSize: 12,
  wrapTransport: (transport) => transport,
})
const runtime = host.runtimes.get(payment.name)

/** Runs every job once; without their locks, which outlive a killed process by real seconds. */
async function runJobs(): Promise<void> {
  if (!runtime) return
  const { ctx } = runtime
  for (const job of payment.jobs ?? []) await runInCall(detachedCall(ctx.newId()), () => job.run(ctx))
  await runtime.idle()
}

process.on('message', ({ seconds }: Order) => {
  clock.advance({ milliseconds: durationMs({ seconds }) })
  runJobs().then(
    () => process.send?.({ done: true }),
    (err: unknown) => process.send?.({ fault: String(err) }),
  )
})
// A parent that is gone needs no child.
process.on('disconnect', () => process.exit(0))
process.send?.({ done: true })
