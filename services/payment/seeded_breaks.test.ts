import { expect } from 'vitest'
import { money, moneyFromProto, moneyToProto } from '#kit'
import { placements, type Suite } from '#kit/testing'
import { AccountKind } from '#gen/tms/payment/v1/ledger_pb.ts'
import { PaymentIntent_State } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { Payout_State } from '#gen/tms/payment/v1/payout_pb.ts'
import {
  type Break,
  Break_State as BreakState,
  Finding,
  type Reconciliation,
  Resolution,
} from '#gen/tms/payment/v1/reconciliation_pb.ts'
import payment from './service.ts'
import { placeOrder, newId, reached } from './testing/orders.ts'
import { paymentWorld, type PaymentWorld } from './testing/outside.ts'
import { office, payeeOf, payOut, payoutReached } from './testing/payouts.ts'
import { balances, bookkeeper, findingName, reconcileFile, statementOf } from './testing/reconciling.ts'

const TODAY = '2026-11-20'
const [COLLECTIONS, PAYOUTS] = ['174379', '600992']

/** What is wrong on the provider's side, what it is found as, and how it is explained. */
const seeds = [
  { fault: 'drop', kind: Finding.MISSING_THERE, resolution: Resolution.BOOK_DIFFERENCE },
  { fault: 'change', kind: Finding.AMOUNT_DIFFERS, resolution: Resolution.BOOK_DIFFERENCE },
  { fault: 'currency', kind: Finding.CURRENCY_DIFFERS, resolution: Resolution.BOOK_DIFFERENCE },
  { fault: 'failed', kind: Finding.STATUS_DIFFERS, resolution: Resolution.BOOK_DIFFERENCE },
  { fault: 'double', kind: Finding.DUPLICATE, resolution: Resolution.NO_CHANGE },
  { fault: 'stranger', kind: Finding.MISSING_HERE, resolution: undefined },
  // Done there, and the news of it lost: here it is still open.
  { fault: 'lost', kind: Finding.STATUS_DIFFERS, resolution: Resolution.SETTLE_SUBJECT },
] as const

/** A number whose owner approves everything, and whose lines are as the seed has them. */
function phoneOf(world: PaymentWorld, way: 'in' | 'out', nth: number): string {
  const number = `+25078${way === 'in' ? 84 : 85}${nth}0007`
  const { fault } = seeds[nth]!
  world.sandbox.phone(number).scenario(fault === 'lost' ? { callbackLost: true } : { statementFault: fault })
  return number
}

/** A payment and a payout of each seed, and a few of which nothing is wrong. */
async function trade(suite: Suite, world: PaymentWorld) {
  const people = await office(suite, world, 4)
  const both = seeds.map(async ({ fault }, nth) => {
    const amount = moneyToProto(money('RWF', 1_000 + nth))
    const order = await placeOrder(suite, { orderReference: `SEED0${nth}`, amount })
    const phone = phoneOf(world, 'in', nth)
    await order.pay({ phone })
    if (fault === 'lost') await world.sandbox.until(() => world.sandbox.payments(phone)[0]?.outcome, 20_000)
    else await reached(suite, order, PaymentIntent_State.SUCCEEDED)
    const payeeId = await payeeOf(people, { account: phoneOf(world, 'out', nth) })
    const payoutId = await payOut(people, payeeId, 100 + nth)
    await payoutReached(people, payoutId, fault === 'lost' ? Payout_State.PENDING : Payout_State.SUCCEEDED)
  })
  await Promise.all(both)
  await payoutReached(people, await payOut(people, people.payeeId, 500), Payout_State.SUCCEEDED)
  return people
}

const nameOfBreak = ({ kind, incoming, ourAmount }: Pick<Break, 'kind' | 'incoming' | 'ourAmount'>) =>
  [findingName(kind), incoming ? 'in' : 'out', kind === Finding.STATUS_DIFFERS && (ourAmount ? 'here' : 'there')]
    .filter(Boolean)
    .join(' ')

/** What a person says about a break: money of nobody waits for its owner, money that left of nobody went to the bank. */
function resolutionOf(one: Break): Resolution {
  if (one.kind === Finding.MISSING_HERE) return one.incoming ? Resolution.BOOK_TO_SUSPENSE : Resolution.BOOK_TO_BANK
  if (one.kind === Finding.STATUS_DIFFERS && !one.ourAmount) return Resolution.SETTLE_SUBJECT
  return seeds.find(({ kind }) => kind === one.kind)?.resolution ?? Resolution.UNSPECIFIED
}

/** What the provider says to have moved, without the lines that it lists twice; in minor units of whatever currency. */
const theirs = ({ totals }: Reconciliation) =>
  totals
    .filter(({ finding }) => finding !== Finding.DUPLICATE)
    .reduce((sum, { providerAmount }) => sum + moneyFromProto(providerAmount!).minor, 0n)

placements(
  'each kind of break is seeded once, of money in and of money out, found exactly, and closed with its entry: the books then say what the provider says [S3-58, S4-27]',
  [payment],
  async (suite, world) => {
    const people = await trade(suite, world)
    const collections = await statementOf(world, TODAY, TODAY, COLLECTIONS)
    const payouts = await statementOf(world, TODAY, TODAY, PAYOUTS)
    const done = [await reconcileFile(suite, collections), await reconcileFile(suite, payouts)]

    const staff = bookkeeper(suite)
    const { breaks } = await staff.listBreaks({})
    const expected = seeds.map(({ fault, kind }) => {
      const [there, here] = [{ kind }, { kind, ourAmount: { currencyCode: 'RWF' } }] as const
      return fault === 'lost' || kind === Finding.MISSING_HERE ? there : here
    }) as Pick<Break, 'kind' | 'ourAmount'>[]
    const names = [true, false].flatMap((incoming) => expected.map((one) => nameOfBreak({ ...one, incoming })))
    expect(breaks.map(nameOfBreak).sort()).toEqual(names.sort())

    for (const one of breaks) {
      const resolution = resolutionOf(one)
      const request = { idempotencyKey: newId(), breakId: one.breakId, resolution, reason: 'seen with the provider' }
      const { break: closed } = await staff.resolveBreak(request)
      expect(closed).toMatchObject({ state: BreakState.RESOLVED, resolution })
      expect(closed?.entryId !== '').toBe(resolution !== Resolution.NO_CHANGE)
    }
    const { payouts: settled } = await people.maker.listPayouts({ state: Payout_State.SUCCEEDED })
    expect(settled).toHaveLength(seeds.length + 1)
    const books = await balances(suite)
    expect(books.all).toBe(0n)
    expect(books.of(AccountKind.PROVIDER_CLEARING)).toBe(done.reduce((sum, one) => sum + theirs(one), 0n))
    expect(books.of(AccountKind.PAYOUTS_PENDING)).toBe(0n)

    // The same lines in other files are known, and what was settled by hand is not settled again by the provider's word.
    for (const file of [collections, payouts]) await reconcileFile(suite, `${file}\r\n`)
    expect((await staff.listBreaks({})).breaks).toEqual([])
    world.sandbox.clearScenario()
    for (let round = 0; round < 2; round++) await suite.advance({ seconds: 46 })
    expect((await balances(suite)).of(AccountKind.PROVIDER_CLEARING)).toBe(books.of(AccountKind.PROVIDER_CLEARING))
  },
  {
    outside: paymentWorld,
    env: { PAYMENT_RECONCILIATION_LIMITS: 'RWF:100000,USD:100000' },
    placements: ['memory'],
    timeoutMs: 90_000,
  },
)
