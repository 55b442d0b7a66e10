import { money, parsePhone, type Session, type Tx, zero } from '#kit'
import type { Method } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import type { Ctx } from '../../context.ts'
import { providerNameOf } from '../../convert.ts'
import { usableAccount } from '../../convert_payout.ts'
import { refuse } from '../../errors.ts'
import { type Destination, railOf } from '../../flow/payout/rail.ts'
import { findPayee, type PayeeView } from '../../store/payees.ts'
import type { PayeeAccountRow, PayoutRow } from '../../store/payout_schema.ts'
import { findPayout } from '../../store/payouts.ts'

/** The company of the caller's token: the policy's scope has asked for one. */
export function tenantOf(session: Session): string {
  if (session.tenantId === undefined) throw new Error('a call in the scope of a tenant came without one')
  return session.tenantId
}

/** A payee of the caller's company. @throws {ConnectError} NOT_FOUND / PAYEE_UNKNOWN */
export async function payeeIn(tx: Tx, payeeId: string): Promise<PayeeView> {
  const found = await findPayee(tx, payeeId)
  if (!found) throw refuse('PAYEE_UNKNOWN', 'there is no such payee', { payee_id: payeeId })
  return found
}

/** A payout of the caller's company. @throws {ConnectError} NOT_FOUND / PAYOUT_UNKNOWN */
export async function payoutIn(tx: Tx, payoutId: string): Promise<PayoutRow> {
  const found = await findPayout(tx, payoutId)
  if (!found) throw refuse('PAYOUT_UNKNOWN', 'there is no such payout', { payout_id: payoutId })
  return found
}

/** Where a payee's money goes now. @throws {ConnectError} FAILED_PRECONDITION / ACCOUNT_UNUSABLE */
export function accountOf({ payee, accounts }: PayeeView, now: Date): PayeeAccountRow {
  const account = usableAccount(accounts, now)
  if (account) return account
  const sentence = 'the payee has no account that a second person has approved and that has cooled down'
  throw refuse('ACCOUNT_UNUSABLE', sentence, { payee_id: payee.payeeId })
}

/** What the provider says about an account that somebody puts forward. */
export type Verified = Destination & { readonly holderName: string; readonly verified: boolean }

/**
 * Looks an account up where its provider tells. Call it before the transaction opens.
 *
 * @throws {ConnectError} INVALID_ARGUMENT / METHOD_UNSUITABLE, FAILED_PRECONDITION / ACCOUNT_INACTIVE
 */
export async function verifyAccount(ctx: Ctx, method: Method, account: string): Promise<Verified> {
  const provider = providerNameOf(method) ?? ''
  const rail = railOf(ctx, { provider })
  const told = account.includes('@') ? account : phoneIn(account)
  // Any amount will do: what is wrong with the amount is no fault of the account.
  const fields = rail
    ? rail.unsuitable(zero('KES'), told).filter(({ field }) => field === 'account' || field === 'phone')
    : [{ field: 'method', description: 'this method does not send money out' }]
  if (fields.length > 0) {
    throw refuse('METHOD_UNSUITABLE', fields.map(({ description }) => description).join('; '), { provider }, { fields })
  }
  const holder = await rail?.lookUp?.(told)
  if (holder?.outcome === 'INACTIVE') {
    throw refuse('ACCOUNT_INACTIVE', 'the provider says that this account cannot receive money', { provider })
  }
  const active = holder?.outcome === 'ACTIVE'
  return { provider, account: told, verified: active, holderName: active ? (holder.name ?? '') : '' }
}

function phoneIn(text: string): string {
  try {
    return parsePhone(text)
  } catch (err) {
    if (!(err instanceof RangeError)) throw err
    const fields = [{ field: 'account', description: 'is neither a phone number nor an e-mail address' }]
    throw refuse('METHOD_UNSUITABLE', 'the account is neither a phone number nor an e-mail address', {}, { fields })
  }
}

/** A currency that the suite knows. @throws {ConnectError} INVALID_ARGUMENT / METHOD_UNSUITABLE */
export function currencyOf(code: string, field: string): string {
  try {
    return money(code, 0n).currency
  } catch (err) {
    if (!(err instanceof RangeError)) throw err
    const fields = [{ field, description: `${code} is not a currency of this platform` }]
    throw refuse('METHOD_UNSUITABLE', `${code} is not a currency of this platform`, {}, { fields })
  }
}
