import type { Session } from '#kit'
import type { Account as WireAccount } from '#gen/tms/payment/v1/ledger_pb.ts'
import { accountFromProto } from '../../convert_ledger.ts'
import { tenantOf } from '../../domain/books.ts'
import { refuse } from '../../errors.ts'
import type { CurrencyAccount } from '../../store/balances.ts'

/** An account of the caller's company. @throws {ConnectError} NOT_FOUND / ACCOUNT_UNKNOWN for anybody else's */
export function ownAccount({ tenantId }: Session, wire: WireAccount | undefined): CurrencyAccount {
  const account = accountFromProto(wire)
  if (tenantId !== undefined && tenantOf(account) === tenantId) return account
  throw refuse('ACCOUNT_UNKNOWN', 'your company has no such account', { kind: account.kind, holder: account.holder })
}
