import type { Handler } from '#kit'
import type { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import type { Ctx } from '../context.ts'
import { journalPage } from './journal_page.ts'

/** The journal of every company, newest first. */
export const listPlatformJournalEntries =
  (ctx: Ctx): Handler<typeof PaymentService.method.listPlatformJournalEntries> =>
  (req) =>
    journalPage(ctx, req, undefined)
