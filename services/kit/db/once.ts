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
import { sendAtCommit } from './transact.ts'

/** First results in Redis: only ever a short cut, PostgreSQL decides. */
export interface IdempotencyCache {
  get(id: string): Promise<StoredResult | undefined>
  set(id: string, result: StoredResult): void
}

/** Keeps stored answers from whoever reads the database or Redis. */
export type Sealing = {
  readonly seal: (answer: Uint8Array) => Buffer
  readonly open: (sealed: Uint8Array) => Uint8Array
}

/** The first result of a call, and what was asked. */
export type StoredResult = { readonly fingerprint: Buffer; readonly response: Buffer }

type OnceOptions = {
  readonly transaction: Database['transaction']
  readonly cache: IdempotencyCache
  readonly service: string
  /** Answers are stored as they are when left out. */
  readonly sealing: Sealing | undefined
}

type Identity = { readonly method: string; readonly caller: string; readonly key: string; readonly fingerprint: Buffer }

/** Implements {@link Database.once}. */
export async function runOnce<I extends DescMessage, R extends object>(
  options: OnceOptions,
  call: OnceCall,
  request: MessageShape<I>,
  work: (tx: Tx) => Promise<R>,
  rows: RowsOf,
): Promise<R> {
  const { output } = call.method
  const identity = identityOf(call, request)
  const cacheId = [options.service, identity.method, identity.caller, identity.key].join(':')
  const cached = await options.cache.get(cacheId)
  const result = cached ?? (await firstResult(options, identity, output, work, rows))
  if (!cached) options.cache.set(cacheId, result)
  if (!identity.fingerprint.equals(result.fingerprint)) {
    throw refuseCall('IDEMPOTENCY_KEY_REUSED', `the key ${identity.key} was used with another request before`)
  }
  // Read back from what was stored, so that the first answer and its repeats cannot differ.
  return fromBinary(output, options.sealing?.open(result.response) ?? result.response) as R
}

function firstResult<R extends object>(
  { transaction, sealing }: OnceOptions,
  identity: Identity,
  output: DescMessage,
  work: (tx: Tx) => Promise<R>,
  rows: RowsOf,
): Promise<StoredResult> {
  return transaction(async (tx) => {
    const earlier = await claim(tx, identity)
    if (earlier) return earlier
    const answer = await work(tx)
    const encoded = toBinary(output, create(output, answer as MessageInitShape<DescMessage>))
    const response = sealing?.seal(encoded) ?? Buffer.from(encoded)
    storeResponse(tx, identity, response)
    return { fingerprint: identity.fingerprint, response }
  }, rows)
}

function identityOf<I extends DescMessage>(call: OnceCall, request: MessageShape<I>): Identity {
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

function storeResponse(tx: Tx, { method, caller, key }: Identity, response: Buffer): void {
  sendAtCommit(tx, {
    text: 'update idempotency set response = $1 where method = $2 and caller = $3 and key = $4',
    parameters: [response, method, caller, key],
  })
}
