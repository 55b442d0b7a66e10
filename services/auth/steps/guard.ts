import type { HandlerContext } from '@connectrpc/connect'
import type { Ctx } from '../context.ts'
import { addressScope } from '../domain/address.ts'
import { type AttemptPolicy, takeAttempt } from '../domain/attempts.ts'
import { refuse } from '../errors.ts'
import { clearAttempts, forgiveOne, lockAttempts, saveAttempts } from '../store/attempts.ts'
import { toolsOf } from './tools.ts'

/** Set by the gateway, which drops what a client wrote there; absent on calls that did not come from outside. */
const CLIENT_ADDRESS = 'x-forwarded-for'
/** Somebody who guesses at one account all day gets nowhere. */
const FORGET_ACCOUNT_SECONDS = 3_600
/** Carriers put thousands of phones behind one address: two typing errors a minute are no attack. */
const FORGET_ADDRESS_SECONDS = 30

/** An attempt that was let in, and is held against its account and address until it succeeded. */
export type Guard = { readonly succeeded: () => Promise<void> }

type Watched = { readonly key: Buffer; readonly policy: AttemptPolicy; readonly perAccount: boolean }

/**
 * Lets an attempt in, or tells it to wait.
 *
 * Knows accounts by what was typed, not by what exists, so that the wait tells nothing about who has an account.
 *
 * @param account what is guessed at, e.g. a phone number; undefined where only the address counts
 * @throws {ConnectError} RESOURCE_EXHAUSTED / TOO_MANY_ATTEMPTS
 */
export async function guardAttempt(
  ctx: Ctx,
  call: Pick<HandlerContext, 'requestHeader'>,
  account: string | undefined,
): Promise<Guard> {
  const watched = watchedBy(ctx, call.requestHeader.get(CLIENT_ADDRESS), account)
  const now = ctx.clock.now()
  await ctx.db.transaction(async (tx) => {
    for (const { key, policy } of watched) {
      const taken = takeAttempt(await lockAttempts(tx, key), policy, now)
      if (!taken.allowed) throw tooMany(taken.retryAfterMs)
      await saveAttempts(tx, key, taken.attempts)
    }
  }, 'system') // attempts belong to no tenant
  return {
    succeeded: async () => {
      // An address is only forgiven this one: or else a thief's own account would wash away his guesses at others.
      for (const { key, perAccount } of watched) {
        await (perAccount ? clearAttempts(ctx.db.system, key) : forgiveOne(ctx.db.system, key))
      }
    },
  }
}

/** Forgets failures on an account whose owner has proved to be the owner by other means. */
export async function liftLockOut(ctx: Ctx, account: string): Promise<void> {
  await clearAttempts(ctx.db.system, keyOf(ctx, 'account', account))
}

function watchedBy(ctx: Ctx, address: string | null, account: string | undefined): Watched[] {
  const { freeAttempts, freeAddressAttempts, firstDelaySeconds, longestDelaySeconds } = ctx.settings
  const delays = { firstDelaySeconds, longestDelaySeconds }
  const watched: Watched[] = []
  if (account !== undefined) {
    const policy = { ...delays, freeAttempts, forgetOneAfterSeconds: FORGET_ACCOUNT_SECONDS }
    watched.push({ key: keyOf(ctx, 'account', account), policy, perAccount: true })
  }
  if (address !== null) {
    const policy = { ...delays, freeAttempts: freeAddressAttempts, forgetOneAfterSeconds: FORGET_ADDRESS_SECONDS }
    watched.push({ key: keyOf(ctx, 'address', addressScope(address)), policy, perAccount: false })
  }
  // Locked in one order by everybody, or two calls could wait for each other.
  return watched.sort((a, b) => a.key.compare(b.key))
}

function keyOf(ctx: Ctx, kind: string, text: string): Buffer {
  return toolsOf(ctx).keychain.pepper(`${kind}:${text}`)
}

function tooMany(retryAfterMs: number) {
  const seconds = Math.ceil(retryAfterMs / 1000)
  return refuse('TOO_MANY_ATTEMPTS', `too many attempts; try again in ${seconds} s`, {}, { retryAfterMs })
}
