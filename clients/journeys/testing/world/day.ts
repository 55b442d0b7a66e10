import { AccountKind } from '#gen/tms/payment/v1/ledger_pb.ts'
import { FeeRule_Bearer, FeeRule_PayeeKind } from '#gen/tms/payment/v1/fee_rule_pb.ts'
import type { Payee_Kind } from '#gen/tms/payment/v1/payout_pb.ts'
import { Payout_State } from '#gen/tms/payment/v1/payout_pb.ts'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import type { Deposit_Destination } from '#gen/tms/ticketing/v1/shift_pb.ts'
import type { Suite, Who } from '#kit/testing'
import { PaymentMethod, type Tms } from '../../../sdk/src/node.ts'
import { admin, type Company, id } from './companies.ts'
import type { Town } from './front_door.ts'
import { timePasses } from './passenger.ts'

/** An amount of francs on the wire. */
export const francs = (units: number) => ({ currencyCode: 'RWF', units: BigInt(units) })

const AGENT = [
  'payment.intents.pay',
  'payment.intents.read',
  'payment.cash.collect',
  'ticketing.sales.read',
  'ticketing.sales.cancel',
  'ticketing.bookings.create',
  'ticketing.bookings.read',
  'ticketing.bookings.cancel',
  'ticketing.shifts.work',
  'ticketing.sales.create',
  'ticketing.pos.operate',
]

/** The people who work on a day of a company; `devices` signs them in as of the suite's clock. */
export function crewOf({ tenantId, manager }: Company) {
  const [northId, southId] = [id(), id()]
  const agent = (userId: string): Who => ({ userId, tenantId, roles: ['agent'], permissions: AGENT })
  const people = {
    manager,
    accountant: { ...manager, userId: id() },
    north: agent(northId),
    south: agent(southId),
    platform: admin,
  }
  const devices = async (suite: Suite, town: Town) => {
    const signedIn = async (who: Who) => town.deviceWith(await suite.token(who))
    return {
      manager: await signedIn(people.manager),
      accountant: await signedIn(people.accountant),
      north: await signedIn(people.north),
      south: await signedIn(people.south),
      platform: await signedIn(people.platform),
    }
  }
  return { northId, southId, devices }
}

/** Grants an agent a share, in hundredths of a percent, of what he sells. */
export async function payCommission(platform: Tms, tenantId: string, agentId: string, basisPoints: number) {
  const feeRule = {
    feeRuleId: id(),
    payeeKind: FeeRule_PayeeKind.AGENT,
    payee: agentId,
    tenantId,
    currencyCode: 'RWF',
    basisPoints,
    bearer: FeeRule_Bearer.COMPANY,
  }
  await platform.ledger.createFeeRule({ idempotencyKey: id(), feeRule })
}

/** A bus that comes to help, with these seats; those of row 1 are VIP. */
export async function reliefBus({ fleet }: Pick<Tms, 'fleet'>, plate: string, labels: string): Promise<string> {
  const [layoutId, busId] = [id(), id()]
  const seats = labels.split(' ').map((label) => ({
    label,
    seatClass: label.startsWith('1') ? SeatClass.VIP : SeatClass.STANDARD,
    deck: 0,
    row: Number(label.slice(0, -1)),
    column: label.charCodeAt(label.length - 1) - 65,
  }))
  await fleet.createSeatLayout({ layoutId, name: `relief ${plate}`, seats })
  await fleet.createBus({ busId, plate, name: 'Relief', layoutId })
  return busId
}

/** Opens a shift at a till of its own. */
export async function openTill({ shifts }: Tms, float: number, deviceId = id()) {
  const shiftId = id()
  await shifts.openShift({ shiftId, deviceId, stationId: id(), float: francs(float) })
  return { shiftId, deviceId }
}

/** Counts a till by its notes, hands all of it over, has it received, and closes: answers the Z report. */
export async function cashOut(
  agent: Tms,
  office: Tms,
  shiftId: string,
  notes: Readonly<Record<number, number>>,
  destination: Deposit_Destination,
  journalLength = 0,
) {
  const denominations = Object.entries(notes).map(([value, count]) => ({ denomination: francs(Number(value)), count }))
  const counted = Object.entries(notes).reduce((sum, [value, count]) => sum + Number(value) * count, 0)
  await agent.shifts.countShift({ idempotencyKey: id(), shiftId, denominations, journalLength: BigInt(journalLength) })
  const depositId = id()
  await agent.shifts.handOverCash({ depositId, shiftId, destination, amount: francs(counted) })
  await office.shifts.confirmDeposit({ idempotencyKey: id(), depositId, received: francs(counted) })
  const { report } = await agent.shifts.closeShift({
    idempotencyKey: id(),
    shiftId,
    journalLength: BigInt(journalLength),
  })
  return report!
}

/** Pays somebody everything that is due, asked for by one person and approved by another; answers how much it was. */
export async function payOutAll(
  suite: Suite,
  maker: Tms,
  checker: Tms,
  payee: { readonly kind: Payee_Kind; readonly holderId?: string; readonly account: string },
): Promise<bigint> {
  const [payeeId, payoutId] = [id(), id()]
  await maker.payouts.createPayee({ payeeId, displayName: 'Payee', method: PaymentMethod.MPESA, ...payee })
  await checker.payouts.decidePayeeAccount({ accountId: payeeId, approve: true, idempotencyKey: id() })
  const size = { case: 'everythingIn', value: 'RWF' } as const
  const { payout } = await maker.payouts.createPayout({ payoutId, payeeId, size, remark: 'settlement' })
  await checker.payouts.approvePayout({ payoutId, idempotencyKey: id() })
  const arrived = async () => (await maker.payouts.getPayout({ payoutId })).payout?.state === Payout_State.SUCCEEDED
  await timePasses(suite, arrived, 'the payout')
  return payout?.amount?.units ?? 0n
}

const kindNames = new Map<number, string>(Object.entries(AccountKind).map(([name, kind]) => [kind, name]))

/** Debits less credits of a company's accounts, by kind; and what all of them come to, which must be nothing. */
export async function booksOf({ payment }: Tms): Promise<{ sum: bigint; of: Record<string, bigint> }> {
  const { lines } = await payment.getTrialBalance({})
  let sum = 0n
  const of: Record<string, bigint> = {}
  for (const { account, debitTotal, creditTotal } of lines) {
    const net = (debitTotal?.units ?? 0n) - (creditTotal?.units ?? 0n)
    const kind = kindNames.get(account?.kind ?? 0) ?? ''
    of[kind] = (of[kind] ?? 0n) + net
    sum += net
  }
  return { sum, of }
}
