import { setTimeout as sleep } from 'node:timers/promises'
import { defineService } from '#kit'
import {
  PaymentAlertRaisedSchema,
  PaymentFailedSchema,
  PaymentSucceededSchema,
  RefundFailedSchema,
  RefundSettledSchema,
} from '#gen/tms/payment/v1/events_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { settings } from './config.ts'
import type { Ctx } from './context.ts'
import { backgroundDone } from './flow/background.ts'
import { watchersOf } from './flow/changes.ts'
import { expireIntents, followRefunds, handleCallbacks, queryUnknown } from './jobs/index.ts'
import { rpcs } from './rpc/index.ts'

/** How long a stopping process waits for its calls to providers. */
const SHUTDOWN_MS = 2_000

/** Takes money for orders and gives it back: never lost, never taken twice. */
export default defineService<Ctx>({
  name: 'payment',
  serves: [PaymentService],
  publishes: [
    PaymentSucceededSchema,
    PaymentFailedSchema,
    RefundSettledSchema,
    RefundFailedSchema,
    PaymentAlertRaisedSchema,
  ],
  jobs: [queryUnknown, followRefunds, handleCallbacks, expireIntents],
  migrations: new URL('./migrations/', import.meta.url),
  settings,
  routes: (ctx) => (router) => {
    router.service(PaymentService, rpcs(ctx))
  },
  start: (ctx) =>
    Promise.resolve(async () => {
      // What was begun is finished; what cannot be is written down, and taken up by the next process.
      await Promise.race([backgroundDone(ctx), sleep(SHUTDOWN_MS, undefined, { ref: false })])
      watchersOf(ctx).close()
    }),
})
