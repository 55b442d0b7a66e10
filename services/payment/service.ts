import { setTimeout as sleep } from 'node:timers/promises'
import { defineService } from '#kit'
import {
  PaymentAlertRaisedSchema,
  PaymentFailedSchema,
  PaymentSucceededSchema,
  PayoutFailedSchema,
  PayoutSettledSchema,
  RefundFailedSchema,
  RefundSettledSchema,
} from '#gen/tms/payment/v1/events_pb.ts'
import { ExchangeRateService } from '#gen/tms/payment/v1/exchange_rate_service_pb.ts'
import { LedgerService } from '#gen/tms/payment/v1/ledger_service_pb.ts'
import { PaybillService } from '#gen/tms/payment/v1/paybill_service_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { PayoutService } from '#gen/tms/payment/v1/payout_service_pb.ts'
import { RefundService } from '#gen/tms/payment/v1/refund_service_pb.ts'
import { ReconciliationService } from '#gen/tms/payment/v1/reconciliation_service_pb.ts'
import { TillService } from '#gen/tms/payment/v1/till_service_pb.ts'
import { settings } from './config.ts'
import type { Ctx } from './context.ts'
import { keys } from './crypto/keys.ts'
import { giveUpOrder } from './events/give_up_order.ts'
import { backgroundDone } from './flow/background.ts'
import { watchersOf } from './flow/changes.ts'
import { claimColumns, takeKeys } from './flow/column_keys.ts'
import { payoutCaps } from './flow/payout/caps.ts'
import { resolutionLimits } from './flow/resolve_break.ts'
import { expireIntents, followPayouts, followRefunds, handleCallbacks, queryUnknown } from './jobs/index.ts'
import { detectUnknown, pruneCallbacks } from './jobs/watch.ts'
import { exchangeRateRpcs } from './rpc/exchange_rate/index.ts'
import { closeMatchedBreaks, reconcile, reconcileYesterday } from './jobs/reconciliation.ts'
import { expirePending, foldLedger } from './jobs/ledger.ts'
import { rpcs } from './rpc/index.ts'
import { ledgerRpcs } from './rpc/ledger/index.ts'
import { paybillRpcs } from './rpc/paybill/index.ts'
import { payoutRpcs } from './rpc/payout/index.ts'
import { tillRpcs } from './rpc/till/index.ts'
import { refundRpcs } from './rpc/refund/index.ts'
import { reconciliationRpcs } from './rpc/reconciliation/index.ts'

/** How long a stopping process waits for its calls to providers. */
const SHUTDOWN_MS = 2_000

/** Takes money for orders and gives it back: never lost, never taken twice. */
export default defineService<Ctx>({
  name: 'payment',
  serves: [
    PaymentService,
    PayoutService,
    RefundService,
    ExchangeRateService,
    ReconciliationService,
    LedgerService,
    PaybillService,
    TillService,
  ],
  publishes: [
    PaymentSucceededSchema,
    PaymentFailedSchema,
    RefundSettledSchema,
    RefundFailedSchema,
    PayoutSettledSchema,
    PayoutFailedSchema,
    PaymentAlertRaisedSchema,
  ],
  consumes: [giveUpOrder],
  jobs: [
    queryUnknown,
    followRefunds,
    followPayouts,
    handleCallbacks,
    expireIntents,
    detectUnknown,
    pruneCallbacks,
    reconcile,
    closeMatchedBreaks,
    reconcileYesterday,
    foldLedger,
    expirePending,
  ],
  migrations: new URL('./migrations/', import.meta.url),
  settings,
  // They bear numbers of people.
  sealing: { seal: (answer) => keys().sealBytes(answer), open: (sealed) => keys().openBytes(sealed) },
  routes: (ctx) => {
    takeKeys(ctx)
    return (router) => {
      router.service(PaymentService, rpcs(ctx))
      router.service(PayoutService, payoutRpcs(ctx))
      router.service(RefundService, refundRpcs(ctx))
      router.service(ExchangeRateService, exchangeRateRpcs(ctx))
      router.service(PaybillService, paybillRpcs(ctx))
      router.service(ReconciliationService, reconciliationRpcs(ctx))
      router.service(LedgerService, ledgerRpcs(ctx))
      router.service(TillService, tillRpcs(ctx))
    }
  },
  start: async (ctx) => {
    // Limits that cannot be read are a fault of the start, not of the first payout.
    payoutCaps(ctx)
    resolutionLimits(ctx)
    await claimColumns(ctx)
    return async () => {
      // What was begun is finished; what cannot be is written down, and taken up by the next process.
      await Promise.race([backgroundDone(ctx), sleep(SHUTDOWN_MS, undefined, { ref: false })])
      watchersOf(ctx).close()
    }
  },
})
