import { every } from '#kit'
import type { Ctx } from '../context.ts'
import { senderOf } from '../sending/sender.ts'

/** Sends what waited: for its next attempt, or because the process that queued it died. */
export const sendDue = every({ seconds: 5 }, 'send-due', async (ctx: Ctx) => {
  await Promise.all([senderOf(ctx).flush('SMS'), senderOf(ctx).flush('EMAIL')])
})
