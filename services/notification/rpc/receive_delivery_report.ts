import type { Handler } from '#kit'
import type { NotificationService } from '#gen/tms/notification/v1/notification_service_pb.ts'
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Ctx } from '../context.ts'
import { readSmsReport, type SmsReport } from '../providers/africas_talking_report.ts'
import { settle } from '../sending/settle.ts'
import { findByMessageId, keepEarlyReport } from '../store/reports.ts'

/** As the gateway's path names it: `/inbound/sms/africastalking/<token>`. */
const providerName = 'africastalking'

export const receiveDeliveryReport =
  (ctx: Ctx): Handler<typeof NotificationService.method.receiveDeliveryReport> =>
  async ({ provider, pathToken, body }) => {
    if (provider !== providerName || !isSame(pathToken, ctx.settings.reportToken)) return answer(404, 'not found')
    const report = readSmsReport(body)
    if (!report) return answer(400, 'not a delivery report')
    if (report.status !== 'on-the-way') await takeIn(ctx, report)
    return answer(200, 'ok')
  }

async function takeIn(ctx: Ctx, { messageId, phone, status, reason }: SmsReport): Promise<void> {
  const now = ctx.clock.now()
  const report = { providerMessageId: messageId, isDelivered: status === 'delivered', reason }
  await ctx.db.transaction(async (tx) => {
    const row = await findByMessageId(tx, messageId)
    if (row) await settle(tx, row, report, now)
    // Reports overtake the answer that tells us the message's id.
    else await keepEarlyReport(tx, { ...report, recipient: phone, receiveTime: now })
  }, 'system') // a report names no company
}

/** Compares in constant time, whatever the lengths. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}

const answer = (httpStatus: number, text: string) => ({
  httpStatus,
  contentType: 'text/plain',
  body: new TextEncoder().encode(text),
})
