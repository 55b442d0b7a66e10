import { AccountKind, type TrialBalanceLine } from '#gen/tms/payment/v1/ledger_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { BookingCancelledSchema, TicketIssuedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { moneyFromProto } from '#kit'
import type { Suite } from '#kit/testing'
import type { Sandbox } from '../../../../deploy/sandbox/index.ts'
import type { Company } from './companies.ts'

/** Where the money of a company is, in francs. */
export type Books = {
  /** What came in, by the providers' own counts. */
  readonly charged: number
  /** What the company is owed for tickets that count. */
  readonly tickets: number
  /** What is promised back and not there yet. */
  readonly held: number
  /** What went back, by the providers' own counts. */
  readonly refunded: number
  /** What belongs to nobody. */
  readonly suspense: number
  /** What the provider still has of it, by our books. */
  readonly clearing: number
}

/** Reads the provider's totals and our own trial balance. */
export async function booksOf(suite: Suite, sandbox: Sandbox, company: Company): Promise<Books> {
  const { charged, reversed, paidOut } = sandbox.totals()['RWF'] ?? nothing
  const { lines } = await suite.client(PaymentService, company.manager).getTrialBalance({})
  const { lines: all } = await suite.peer(PaymentService, 'gateway').getPlatformTrialBalance({})
  return {
    charged: charged.amount,
    refunded: reversed.amount + paidOut.amount,
    tickets: credit(lines, AccountKind.TENANT_PAYABLE),
    held: credit(lines, AccountKind.REFUNDS_PENDING),
    suspense: credit(lines, AccountKind.SUSPENSE),
    clearing: -credit(all, AccountKind.PROVIDER_CLEARING),
  }
}

const nothing = { charged: { amount: 0 }, reversed: { amount: 0 }, paidOut: { amount: 0 } }

function credit(lines: readonly TrialBalanceLine[], kind: AccountKind): number {
  return lines
    .filter(({ account }) => account?.kind === kind)
    .map(({ creditTotal, debitTotal }) => francs(creditTotal) - francs(debitTotal))
    .reduce((sum, amount) => sum + amount, 0)
}

const francs = (amount: Parameters<typeof moneyFromProto>[0] | undefined) =>
  amount === undefined ? 0 : Number(moneyFromProto(amount).minor)

/** What was paid for tickets that still count, in francs, by what ticketing told. */
export async function soldFor(suite: Suite): Promise<number> {
  const issued = await suite.published(TicketIssuedSchema)
  const cancelled = new Set((await suite.published(BookingCancelledSchema)).map(({ bookingId }) => bookingId))
  return issued.filter(({ bookingId }) => !cancelled.has(bookingId)).reduce((sum, { total }) => sum + francs(total), 0)
}
