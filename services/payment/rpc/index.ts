import type { ServiceImpl } from '@connectrpc/connect'
import type { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import type { Ctx } from '../context.ts'
import { cancelPaymentIntent } from './cancel_payment_intent.ts'
import { confirmPaymentIntent } from './confirm_payment_intent.ts'
import { createPaymentIntent } from './create_payment_intent.ts'
import { finishApproval } from './finish_approval.ts'
import { getPaymentIntent } from './get_payment_intent.ts'
import { getPlatformTrialBalance } from './get_platform_trial_balance.ts'
import { getTrialBalance } from './get_trial_balance.ts'
import { listJournalEntries } from './list_journal_entries.ts'
import { listPaymentIntents } from './list_payment_intents.ts'
import { listPlatformJournalEntries } from './list_platform_journal_entries.ts'
import { quotePayment } from './quote_payment.ts'
import { receiveCallback } from './receive_callback.ts'
import { recordCashPayments } from './record_cash_payments.ts'
import { refundPayment } from './refund_payment.ts'
import { watchPaymentIntent } from './watch_payment_intent.ts'

/** Every RPC of the service, complete by its type. */
export const rpcs = (ctx: Ctx): ServiceImpl<typeof PaymentService> => ({
  createPaymentIntent: createPaymentIntent(ctx),
  confirmPaymentIntent: confirmPaymentIntent(ctx),
  quotePayment: quotePayment(ctx),
  finishApproval: finishApproval(ctx),
  cancelPaymentIntent: cancelPaymentIntent(ctx),
  refundPayment: refundPayment(ctx),
  getPaymentIntent: getPaymentIntent(ctx),
  watchPaymentIntent: watchPaymentIntent(ctx),
  listPaymentIntents: listPaymentIntents(ctx),
  receiveCallback: receiveCallback(ctx),
  getTrialBalance: getTrialBalance(ctx),
  listJournalEntries: listJournalEntries(ctx),
  getPlatformTrialBalance: getPlatformTrialBalance(ctx),
  listPlatformJournalEntries: listPlatformJournalEntries(ctx),
  recordCashPayments: recordCashPayments(ctx),
})
