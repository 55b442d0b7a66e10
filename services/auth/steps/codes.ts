import type { MessageInitShape } from '@bufbuild/protobuf'
import { type Timestamp, timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '#kit'
import { CodePurpose } from '#gen/tms/auth/v1/code_pb.ts'
import { CodeRequestedSchema } from '#gen/tms/auth/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { newCode, sameHash } from '../crypto/random.ts'
import { type CodePolicy, waitForCodeMs, whyDead } from '../domain/code.ts'
import type { Contact } from '../domain/contact.ts'
import { refuse } from '../errors.ts'
import { countGuess, findCode, insertCode, lockContact, newestCode, sentTimes, useCode } from '../store/codes.ts'
import type { Purpose } from '../store/schema.ts'
import { toolsOf } from './tools.ts'

/** A code that is asked for. */
export type AskedCode = {
  readonly codeId: string
  readonly contact: Contact
  readonly purpose: Purpose
  readonly language: string
  /** Undefined while there is no account. */
  readonly userId: string | undefined
  /** False when nobody would be helped by it: then all is done as if, save that nothing is sent. */
  readonly deliver: boolean
}

/** Answer to whoever asked. */
export type SentCode = { readonly expireTime: Timestamp; readonly resendTime: Timestamp }

const HOUR_MS = 3_600_000

/**
 * Makes a code and has it sent. The same id again sends nothing and gives the same answer.
 *
 * @throws {ConnectError} RESOURCE_EXHAUSTED / TOO_MANY_CODES, ALREADY_EXISTS / ID_TAKEN
 */
export async function sendCode(ctx: Ctx, tx: Tx, asked: AskedCode): Promise<SentCode> {
  const { codeId, contact, purpose } = asked
  const policy = policyOf(ctx)
  const now = ctx.clock.now()
  await lockContact(tx, contact.value)
  const earlier = await findCode(tx, codeId)
  if (earlier?.contact === contact.value && earlier.purpose === purpose) return answerOf(policy, earlier.createTime)
  const waitMs = waitForCodeMs(await sentTimes(tx, contact.value, new Date(now.getTime() - HOUR_MS)), policy, now)
  if (waitMs > 0) throw tooMany(waitMs)
  const code = newCode()
  const expireTime = new Date(now.getTime() + policy.lifeSeconds * 1000)
  const codeHash = hashOf(ctx, codeId, code)
  const row = {
    codeId,
    contact: contact.value,
    purpose,
    codeHash,
    attempts: 0,
    createTime: now,
    expireTime,
    useTime: null,
  }
  if (!(await insertCode(tx, row))) throw refuse('ID_TAKEN', 'this code_id is in use; choose another')
  if (asked.deliver) await tx.publish(CodeRequestedSchema, codeId, eventOf(asked, code, expireTime))
  return answerOf(policy, now)
}

/**
 * Counts a guess and compares it. Returns the code's id, to be used up by {@link consumeCode} in the transaction that
 * does what the code is good for.
 *
 * @throws {ConnectError} CODE_WRONG, CODE_EXPIRED, CODE_EXHAUSTED
 */
export async function checkCode(ctx: Ctx, contact: Contact, purpose: Purpose, code: string): Promise<string> {
  const policy = policyOf(ctx)
  const now = ctx.clock.now()
  const newest = await newestCode(ctx.db.system, contact.value, purpose)
  // Committed before it is compared: a refusal must not take the count back.
  const counted = newest && (await countGuess(ctx.db.system, newest.codeId, policy.maxAttempts, now))
  if (!counted) {
    // Read again: guesses in parallel may have killed it since.
    const dead = newest && (await findCode(ctx.db.system, newest.codeId))
    throw whyDead(dead, policy, now) === 'EXHAUSTED'
      ? refuse('CODE_EXHAUSTED', 'this code was guessed at too often; ask for another')
      : refuse('CODE_EXPIRED', 'this code is no longer good; ask for another')
  }
  if (!sameHash(counted.codeHash, hashOf(ctx, counted.codeId, code))) {
    const left = String(policy.maxAttempts - counted.attempts)
    throw refuse('CODE_WRONG', `this is not the code; ${left} attempts are left`, { attempts_left: left })
  }
  return counted.codeId
}

/**
 * Uses a code up: it opens one door, once.
 *
 * @throws {ConnectError} FAILED_PRECONDITION / CODE_EXPIRED when another call was faster
 */
export async function consumeCode(ctx: Ctx, tx: Tx, codeId: string): Promise<void> {
  if (await useCode(tx, codeId, ctx.clock.now())) return
  throw refuse('CODE_EXPIRED', 'this code was used; ask for another')
}

function policyOf({ settings }: Ctx): CodePolicy {
  return {
    lifeSeconds: settings.codeSeconds,
    maxAttempts: settings.codeAttempts,
    resendAfterSeconds: settings.codeResendSeconds,
    maxPerHour: settings.codesPerHour,
  }
}

function hashOf(ctx: Ctx, codeId: string, code: string): Buffer {
  return toolsOf(ctx).keychain.pepper(`code:${codeId}:${code}`)
}

function answerOf(policy: CodePolicy, createTime: Date): SentCode {
  const after = (seconds: number) => timestampFromDate(new Date(createTime.getTime() + seconds * 1000))
  return { expireTime: after(policy.lifeSeconds), resendTime: after(policy.resendAfterSeconds) }
}

function eventOf(asked: AskedCode, code: string, expireTime: Date): MessageInitShape<typeof CodeRequestedSchema> {
  const { codeId, contact, purpose, language, userId } = asked
  return {
    codeId,
    userId: userId ?? '',
    ...(contact.kind === 'PHONE' ? { phone: contact.value } : { email: contact.value }),
    code,
    purpose: CodePurpose[purpose],
    language,
    expireTime: timestampFromDate(expireTime),
  }
}

function tooMany(retryAfterMs: number) {
  const seconds = Math.ceil(retryAfterMs / 1000)
  return refuse(
    'TOO_MANY_CODES',
    `a code was sent there lately; the next can go out in ${seconds} s`,
    {},
    { retryAfterMs },
  )
}
