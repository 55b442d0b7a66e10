import { fromBinary, toBinary } from '@bufbuild/protobuf'
import type { Redis } from 'ioredis'
import { setTimeout as sleep } from 'node:timers/promises'
import { type PaymentIntent, PaymentIntentSchema } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { type Ctx, perContext } from '../context.ts'
import { intentToProto } from '../convert.ts'
import { keys } from '../crypto/keys.ts'
import { findIntent } from '../store/intents.ts'
import type { IntentView } from '../store/schema.ts'

/** How long Redis keeps where an intent stands. */
export const STATUS_TTL_SECONDS = 300

/**
 * Keeps an intent unless a newer revision is kept already, so that a slow reader cannot bring back the past; and tells
 * whoever watches, all in one round trip.
 */
const KEEP = `
  local kept = redis.call('HGET', KEYS[1], 'revision')
  if kept and tonumber(kept) > tonumber(ARGV[1]) then return 0 end
  redis.call('HSET', KEYS[1], 'revision', ARGV[1], 'intent', ARGV[2])
  redis.call('EXPIRE', KEYS[1], ARGV[3])
  if ARGV[4] ~= '' then redis.call('PUBLISH', ARGV[4], ARGV[5] .. ARGV[2]) end
  return 1`

const keyOf = (ctx: Ctx, paymentIntentId: string) => `${ctx.redisPrefix}payment:intent:${paymentIntentId}`

/**
 * One channel for all intents: to subscribe and unsubscribe for each watcher would cost two commands per payment, to
 * hear of a stranger's payment costs a look at its id.
 */
const channelOf = (ctx: Ctx) => `${ctx.redisPrefix}payment:intents`

/** A message on the channel is the intent's id, as text, and the intent. */
const ID_LENGTH = 36

/** Tells the cache and all watchers where an intent stands now. Call it after the commit. */
export function announce(ctx: Ctx, view: IntentView): void {
  void keep(ctx, intentToProto(view), 'tell')
}

/** As {@link announce}, reading the intent first. */
export async function announceIntent(ctx: Ctx, paymentIntentId: string): Promise<void> {
  // All rows: nobody is shown anything here.
  const view = await findIntent(ctx.db.system, paymentIntentId)
  if (view) await keep(ctx, intentToProto(view), 'tell')
}

/** Where an intent stands, from the cache while it is fresh; undefined when there is none. Shows all: check who asks. */
export async function currentIntent(ctx: Ctx, paymentIntentId: string): Promise<PaymentIntent | undefined> {
  const kept = await ctx.redis.hgetBuffer(keyOf(ctx, paymentIntentId), 'intent').catch(() => null)
  return kept ? intentIn(kept) : loadIntent(ctx, paymentIntentId)
}

/** As {@link currentIntent}, from the database. All rows: the caller is checked against the intent that is found. */
export async function loadIntent(ctx: Ctx, paymentIntentId: string): Promise<PaymentIntent | undefined> {
  const view = await findIntent(ctx.db.system, paymentIntentId)
  if (!view) return undefined
  const intent = intentToProto(view)
  await keep(ctx, intent, 'silent')
  return intent
}

async function keep(ctx: Ctx, intent: PaymentIntent, tell: 'tell' | 'silent'): Promise<void> {
  const key = keyOf(ctx, intent.paymentIntentId)
  // It bears the payer's number, and Redis may write it to a disk.
  const value = keys().sealBytes(toBinary(PaymentIntentSchema, intent))
  const channel = tell === 'tell' ? channelOf(ctx) : ''
  await ctx.redis
    .eval(KEEP, 1, key, intent.revision.toString(), value, STATUS_TTL_SECONDS, channel, intent.paymentIntentId)
    .catch((err: unknown) => ctx.log.warn({ err }, 'Redis does not answer; watchers learn of this a little later'))
}

const intentIn = (sealed: Uint8Array): PaymentIntent => fromBinary(PaymentIntentSchema, keys().openBytes(sealed))

/** How long a watch waits for Redis to take it on. */
const SUBSCRIBE_MS = 1_000

type Listener = (intent: PaymentIntent) => void

/** One subscription for all watchers of a process, opened with the first. */
class Watchers {
  readonly #listeners = new Map<string, Set<Listener>>()
  readonly #ctx: Ctx
  #connection: Redis | undefined
  #subscribed: Promise<unknown> | undefined

  constructor(ctx: Ctx) {
    this.#ctx = ctx
  }

  /** Hears of every change of an intent; resolves when it does, or Redis does not answer. Returns what ends it. */
  async watch(paymentIntentId: string, listener: Listener): Promise<() => void> {
    const listeners = this.#listeners.get(paymentIntentId) ?? new Set()
    this.#listeners.set(paymentIntentId, listeners.add(listener))
    this.#subscribed ??= this.#subscribe()
    // Without Redis a watch still begins: it looks at the database from time to time.
    await Promise.race([this.#subscribed, sleep(SUBSCRIBE_MS, undefined, { ref: false })])
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) this.#listeners.delete(paymentIntentId)
    }
  }

  close(): void {
    this.#connection?.disconnect()
  }

  #subscribe(): Promise<unknown> {
    const connection = this.#ctx.redis.duplicate({ enableOfflineQueue: true, maxRetriesPerRequest: null })
    connection.on('error', (err) => this.#ctx.log.warn({ err }, 'watchers wait for Redis'))
    connection.on('messageBuffer', (_: Buffer, message: Buffer) => {
      const listeners = this.#listeners.get(message.toString('latin1', 0, ID_LENGTH))
      if (!listeners) return
      const intent = intentIn(message.subarray(ID_LENGTH))
      for (const listener of listeners) listener(intent)
    })
    this.#connection = connection
    return connection.subscribe(channelOf(this.#ctx)).catch((err: unknown) => {
      // Whoever watches looks at the database from time to time; the next one tries again.
      this.#ctx.log.warn({ err }, 'watchers wait for Redis')
      this.#subscribed = undefined
      connection.disconnect()
    })
  }
}

/** The watchers of a running service. */
export const watchersOf = perContext((ctx) => new Watchers(ctx))
