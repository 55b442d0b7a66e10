import { type Handler, sessionOf } from '#kit'
import type { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import type { Ctx } from '../context.ts'
import { journalPage } from './journal_page.ts'

/** The journal of the caller's company, newest first. */
export const listJournalEntries =
  (ctx: Ctx): Handler<typeof PaymentService.method.listJournalEntries> =>
  (req, call) =>
    journalPage(ctx, req, sessionOf(call).tenantId)
