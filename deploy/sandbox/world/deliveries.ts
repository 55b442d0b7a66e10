import { startBacklog } from './backlog.ts'
import type { Payment } from './payments.ts'
import { ALPHANUMERIC } from './random.ts'
import type { World } from './world.ts'

export type Post = {
  readonly url: string
  readonly body: string
  readonly method?: 'POST' | 'PUT'
  /** Beside those that every post has. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Something to tell a merchant about a phone's payment, and the lies that an attacker would tell before it. */
export type Notice = Post & {
  readonly msisdn: string
  /** Where what became of it is written down. */
  readonly payment?: Payment
  /** From now on a status query may tell the same. */
  readonly reveal?: () => void
  readonly forged?: readonly Post[]
}

/** Callbacks and results on their way out, as the scenario of the phone has it. */
export type Deliveries = {
  /** Resolves when the merchant has it, or when it is lost. */
  deliver(notice: Notice): Promise<void>
  /** Sends one post now, whatever the scenario. */
  send(post: Post, payment: Payment | undefined, forged: boolean): Promise<void>
}

export function startDeliveries(world: World): Deliveries {
  const backlog = startBacklog(world.timers)

  const send = async (post: Post, payment: Payment | undefined, forged: boolean): Promise<void> => {
    const { time, result } = await world.poster.post(post.url, 'application/json', post.body, post)
    payment?.deliveries.push({ time, url: post.url, forged, result })
    if (payment) world.changes.tell({ msisdn: payment.msisdn })
  }

  const sendAll = async (notice: Notice): Promise<void> => {
    const { callbackLost, callbackCopies, callbackGapMs } = world.scenarios.of(notice.msisdn)
    for (const lie of notice.forged ?? []) await send(lie, notice.payment, true)
    notice.reveal?.()
    if (callbackLost) return lose(world, notice)
    const copies = Array.from({ length: callbackCopies }, async (_, copy) => {
      if (copy > 0 && callbackGapMs > 0) await world.timers.sleep(copy * callbackGapMs)
      await send(notice, notice.payment, false)
    })
    await Promise.all(copies)
  }

  return {
    send,
    deliver: async (notice) => {
      const { callbackDelayMs, callbackOrder } = world.scenarios.of(notice.msisdn)
      if (callbackDelayMs > 0) await world.timers.sleep(callbackDelayMs)
      if (callbackOrder === 'reversed') return backlog.hold(() => sendAll(notice))
      await sendAll(notice)
    },
  }
}

function lose(world: World, notice: Notice): void {
  notice.payment?.deliveries.push({ time: world.clock.now(), url: notice.url, forged: false, result: 'lost' })
  world.changes.tell({ msisdn: notice.msisdn })
}

/** The secret of a callback URL is its last path segment; guess another of the same length. */
export function withAnotherToken(world: World, url: string): string {
  const target = new URL(url)
  const segments = target.pathname.split('/')
  const token = segments.pop() ?? ''
  target.pathname = [...segments, world.random.text(ALPHANUMERIC, token.length || 16)].join('/')
  return target.href
}
