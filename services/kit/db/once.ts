import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf'
import { sql } from 'drizzle-orm'
import { createHash } from 'node:crypto'
import { refuseCall } from '../errors.ts'
import { policyOf } from '../policy.ts'
import { sessionOf } from '../session.ts'
import type { Database, OnceCall, RowsOf, Tx } from './database.ts'

/** First results in Redis: only ever a short cut, PostgreSQL decides. */
export interface IdempotencyCache {
  get(id: string): Promise<StoredResult | undefined>
  set(id: string, result: StoredResult): void
}

/** The first result of a call, and what was asked. */
export type StoredResult = { readonly fingerprint: Buffer; readonly response: Buffer }

type OnceOptions = {
  readonly transaction: Database['transaction']
  readonly cache: IdempotencyCache
  readonly service: string
}

type Identity = { readonly method: string; readonly caller: string; readonly key: string; readonly fingerprint: Buffer }

/** Implements {@link Database.once}. */
export async function runOnce<I extends DescMessage, O extends DescMessage>(
  options: OnceOptions,
  call: OnceCall<I, O>,
  request: MessageShape<I>,
  work: (tx: Tx) => Promise<MessageInitShape<O>>,
  rows: RowsOf,
): Promise<MessageShape<O>> {
  const output = call.method.output as O
  const identity = identityOf(call, request)
  const cacheId = [options.service, identity.method, identity.caller, identity.key].join(':')
  const cached = await options.cache.get(cacheId)
  if (cached) return answerFrom(output, identity, cached)
  const result = await options.transaction(async (tx) => {
    const earlier = await claim(tx, identity)
    if (earlier) return { ...earlier, fresh: undefined }
    const fresh = create(output, await work(tx))
    const response = Buffer.from(toBinary(output, fresh))
    await storeResponse(tx, identity, response)
    return { fingerprint: identity.fingerprint, response, fresh }
  }, rows)
  options.cache.set(cacheId, result)
  return result.fresh ?? answerFrom(output, identity, result)
}

function identityOf<I extends DescMessage, O extends DescMessage>(
  call: OnceCall<I, O>,
  request: MessageShape<I>,
): Identity {
  const { method } = call
  const property = policyOf(method).idempotencyKey
  if (property === undefined) throw new Error(`${method.name}: its policy names no idempotency_key`)
  const { callerService, userId } = sessionOf(call)
  return {
    method: method.name,
    caller: callerService ?? userId,
    key: String((request as unknown as Record<string, unknown>)[property]),
    fingerprint: createHash('sha256').update(toBinary(method.input, request)).digest(),
  }
}

/** Takes the key; waits while another transaction holds it. Returns the first result when there is one already. */
async function claim(tx: Tx, { method, caller, key, fingerprint }: Identity): Promise<StoredResult | undefined> {
  const taken = await tx.execute(sql`
    insert into idempotency (method, caller, key, fingerprint) values (${method}, ${caller}, ${key}, ${fingerprint})
    on conflict do nothing returning 1`)
  if (taken.length > 0) return undefined
  const [row] = await tx.execute<{ fingerprint: Buffer; response: Buffer }>(sql`
    select fingerprint, response from idempotency where method = ${method} and caller = ${caller} and key = ${key}`)
  return row
}

async function storeResponse(tx: Tx, { method, caller, key }: Identity, response: Buffer): Promise<void> {
  await tx.execute(sql`
    update idempotency set response = ${response} where method = ${method} and caller = ${caller} and key = ${key}`)
}

function answerFrom<O extends DescMessage>(output: O, identity: Identity, stored: StoredResult): MessageShape<O> {
  if (!identity.fingerprint.equals(stored.fingerprint)) {
    throw refuseCall('IDEMPOTENCY_KEY_REUSED', `the key ${identity.key} was used with another request before`)
  }
  return fromBinary(output, stored.response)
}
