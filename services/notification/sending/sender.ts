import type { Ctx } from '../context.ts'
import { africasTalking } from '../providers/africas_talking.ts'
import type { Provider } from '../providers/provider.ts'
import { smtp } from '../providers/smtp.ts'
import { claimDue, type ClaimedRow } from '../store/queue.ts'
import type { Channel } from '../templates/say.ts'
import { attemptAll, recordAttempts } from './attempt.ts'

/**
 * Sends queued messages: claim a batch, hand it to the provider, write down what became of it, until nothing is due.
 *
 * Between claim and record nothing is locked and no transaction is open: the rows are marked SENDING. Several replicas, and
 * the lanes of one, share the queue without meeting (`for update skip locked`).
 */
export type Sender = {
  /** Sends what is due on a channel; ends when nothing is. */
  readonly flush: (channel: Channel) => Promise<void>
  /** Sends no more, and ends when the running batches are recorded. */
  readonly stop: () => Promise<void>
}

/** How much of a channel is under way at a time. A slow answer holds up its own lane only. */
type Line = { readonly provider: Provider; readonly lanes: number; readonly batch: number }

const senders = new WeakMap<Ctx['db'], Sender>()

/** The sender of a running service; the same for consumers, RPCs and jobs. */
export function senderOf(ctx: Ctx): Sender {
  const known = senders.get(ctx.db)
  if (known) return known
  const made = makeSender(ctx, {
    // 64 requests at a time: 1,000 SMS a second while an answer takes 60 ms.
    SMS: { provider: africasTalking(ctx), lanes: 4, batch: 16 },
    // As many mails at a time as SMTP connections.
    EMAIL: { provider: smtp(ctx), lanes: 2, batch: 2 },
  })
  senders.set(ctx.db, made)
  return made
}

function makeSender(ctx: Ctx, lines: Readonly<Record<Channel, Line>>): Sender {
  const stopping = new AbortController()
  const flushes = {
    SMS: flusher(ctx, 'SMS', lines.SMS, stopping.signal),
    EMAIL: flusher(ctx, 'EMAIL', lines.EMAIL, stopping.signal),
  }
  const running = new Set<Promise<void>>()
  return {
    flush: async (channel) => {
      const run = flushes[channel]().finally(() => running.delete(run))
      running.add(run)
      await run
    },
    stop: async () => {
      stopping.abort()
      await Promise.allSettled(running)
      for (const { provider } of Object.values(lines)) provider.close()
    },
  }
}

/**
 * Runs the lanes of a channel. A flush while all are busy is not forgotten: the first that ends looks again. A full batch
 * wakes one more lane, so that a backlog uses all of them and a single message only one.
 */
function flusher(ctx: Ctx, channel: Channel, { provider, lanes, batch }: Line, stopped: AbortSignal) {
  let active = 0
  let isAskedAgain = false

  async function lane(): Promise<void> {
    const helpers: Promise<void>[] = []
    let claimed: ClaimedRow[]
    do {
      isAskedAgain = false
      claimed = await claimDue(ctx.db.system, channel, batch, ctx.clock.now()) // messages of every company
      if (claimed.length === batch) helpers.push(flush())
      if (claimed.length > 0) await recordAttempts(ctx, await attemptAll(ctx, provider, claimed))
    } while ((claimed.length === batch || isAskedAgain) && !stopped.aborted)
    await Promise.all(helpers)
  }

  async function flush(): Promise<void> {
    if (stopped.aborted) return
    if (active === lanes) {
      isAskedAgain = true
      return
    }
    active++
    await lane().finally(() => active--)
  }
  return flush
}
