import { moneyFromProto } from '#kit'
import type { Suite } from '#kit/testing'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import {
  type Break,
  Finding,
  type Reconciliation,
  Reconciliation_State as State,
  SettlementLayout,
} from '#gen/tms/payment/v1/reconciliation_pb.ts'
import { ReconciliationService } from '#gen/tms/payment/v1/reconciliation_service_pb.ts'
import { nameOf } from '../convert_reconciliation.ts'
import { eventually, newId } from './orders.ts'
import type { PaymentWorld } from './outside.ts'

/** A bookkeeper of the platform. */
export function bookkeeper(suite: Suite, userId = newId()) {
  return suite.client(ReconciliationService, { userId, permissions: ['payment.reconciliation.*', '*'] })
}

/** The settlement file of whole days, as the provider's portal exports it. */
export async function statementOf(world: PaymentWorld, from: string, to = from, shortCode = '174379'): Promise<string> {
  const answer = await fetch(`${world.sandbox.baseUrl}/statements/${shortCode}?from=${from}&to=${to}`)
  if (!answer.ok) throw new Error(await answer.text())
  return answer.text()
}

/** Uploads a file in parts and reconciles it; waits until that has ended. */
export async function reconcileFile(suite: Suite, content: string): Promise<Reconciliation> {
  const { reconciliationId } = await uploadFile(suite, content)
  await bookkeeper(suite).runReconciliation({ reconciliationId, partCount: 2 })
  return ended(suite, reconciliationId)
}

/** Uploads a file in two parts, cut in the middle of a line. */
export async function uploadFile(suite: Suite, content: string) {
  const client = bookkeeper(suite)
  const reconciliationId = newId()
  const file = { fileName: 'statement.csv', layout: SettlementLayout.DARAJA_STATEMENT, currencyCode: 'KES' }
  await client.startReconciliation({ reconciliationId, provider: 'mpesa', file })
  const bytes = Buffer.from(content)
  const middle = Math.floor(bytes.length / 2)
  await client.uploadSettlementPart({ reconciliationId, partNumber: 1, content: bytes.subarray(middle) })
  await client.uploadSettlementPart({ reconciliationId, partNumber: 0, content: bytes.subarray(0, middle) })
  return { reconciliationId }
}

/** Waits until a reconciliation has ended, one way or the other. */
export function ended(suite: Suite, reconciliationId: string): Promise<Reconciliation> {
  return eventually(async () => {
    const { reconciliation } = await bookkeeper(suite).getReconciliation({ reconciliationId })
    return reconciliation && reconciliation.state > State.RUNNING ? reconciliation : undefined
  }, 'end of the reconciliation')
}

/** What was found: how many, and what each side says, in minor units, by finding. */
export function found({ totals }: Reconciliation): Record<string, [count: number, theirs: bigint, ours: bigint]> {
  return Object.fromEntries(
    totals.map(({ finding, count, providerAmount, ourAmount }) => [
      findingName(finding),
      [count, moneyFromProto(providerAmount!).minor, moneyFromProto(ourAmount!).minor],
    ]),
  )
}

/** A finding's name. */
export const findingName = (finding: Finding) => nameOf(Finding, finding) ?? ''

/** The one break of a kind. */
export async function breakOf(suite: Suite, kind: Finding): Promise<Break> {
  const { breaks } = await bookkeeper(suite).listBreaks({ kind })
  const [only] = breaks
  if (!only || breaks.length > 1) throw new Error(`there are ${breaks.length} breaks of kind ${findingName(kind)}`)
  return only
}

/** Balance of every account of the platform by kind, debits less credits, in minor units; and of all of them. */
export async function balances(suite: Suite) {
  const platform = suite.client(PaymentService, { userId: newId(), permissions: ['payment.platform.read'] })
  const { lines } = await platform.getPlatformTrialBalance({})
  const of = lines.map(({ account, debitTotal, creditTotal }) => ({
    kind: account?.kind,
    minor: moneyFromProto(debitTotal!).minor - moneyFromProto(creditTotal!).minor,
  }))
  const sum = (kind?: number) =>
    of.filter((line) => kind === undefined || line.kind === kind).reduce((total, { minor }) => total + minor, 0n)
  return { of: (kind: number) => sum(kind), all: sum() }
}
