import { expect } from 'vitest'
import { money, moneyToProto, reasonOf } from '#kit'
import { placements } from '#kit/testing'
import { Method, PaymentIntent_State } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { Payee_Kind, Payout_State as State } from '#gen/tms/payment/v1/payout_pb.ts'
import payment from './service.ts'
import { eventually, newId, placeOrder, reached } from './testing/orders.ts'
import { paymentWorld } from './testing/outside.ts'
import { balanced, office, payeeOf, payOut, payoutReached } from './testing/payouts.ts'

const inMemory = { outside: paymentWorld, placements: ['memory' as const] }
const because = (reason: string) => (err: unknown) => reasonOf(err) === reason

const wallets = [
  {
    wallet: 'MTN MoMo',
    method: Method.MTN,
    account: '+250788300007',
    foreign: '+250730300007',
    refused: { mtnTransferReason: 'PAYEE_NOT_FOUND' },
    unsure: { queryPendingPolls: 2 },
    calm: { mtnTransferReason: 'none', queryPendingPolls: 0 },
    sends: '/momo/disbursement/v1_0/transfer',
  },
  {
    wallet: 'Airtel Money',
    method: Method.AIRTEL,
    account: '+250730300007',
    foreign: '+250788300007',
    refused: { airtelPayoutCode: 'DP00900001010' },
    unsure: { airtelPayoutCode: 'DP00900001000', queryPendingPolls: 2 },
    calm: { airtelPayoutCode: 'none', queryPendingPolls: 0 },
    sends: '/airtel/standard/v1/disbursements/',
  },
] as const

for (const { wallet, method, account, foreign, refused, unsure, calm, sends } of wallets) {
  placements(
    `${wallet}: a payout arrives once, though the provider is unsure or its answer is lost; what it refuses is due again [S4-25]`,
    [payment],
    async (suite, world) => {
      const people = await office(suite, world, 2)
      const { maker } = people
      const phone = world.sandbox.phone(account)
      const payee = { payeeId: newId(), kind: Payee_Kind.COMPANY, displayName: 'x', method, account }
      await expect(maker.createPayee({ ...payee, account: foreign })).rejects.toSatisfy(because('METHOD_UNSUITABLE'))
      phone.scenario({ walletActive: false })
      await expect(maker.createPayee(payee)).rejects.toSatisfy(because('ACCOUNT_INACTIVE'))
      phone.scenario({ walletActive: true })
      const payeeId = await payeeOf(people, { method, account })

      const first = await payoutReached(people, await payOut(people, payeeId, 1_000), State.SUCCEEDED)
      expect(first.receipt).toBe(world.sandbox.payments(account)[0]?.outcome?.receipt)

      phone.scenario(unsure)
      const second = await payOut(people, payeeId, 1_000)
      await payoutReachedInTime(second)
      phone.scenario({ ...calm, outage: 'lost-answer', callbackLost: true })
      const third = await payOut(people, payeeId, 1_000)
      await payoutReached(people, third, State.UNKNOWN)
      phone.scenario({ outage: 'none' })
      await payoutReachedInTime(third)

      phone.scenario({ ...refused, callbackLost: false })
      const fourth = await payOut(people, payeeId, 1_000)
      await payoutReachedInTime(fourth, State.FAILED)
      expect(world.sandbox.totals()['RWF']?.paidOut).toEqual({ count: 3, amount: 3_000 })
      expect(phone.balance()).toBe(53_000)
      expect(world.sandbox.requests(sends).filter((request) => request.method === 'POST')).toHaveLength(4)
      await balanced(suite)

      async function payoutReachedInTime(payoutId: string, state: State = State.SUCCEEDED) {
        for (let round = 0; round < 8; round++) {
          if ((await maker.getPayout({ payoutId })).payout?.state === state) return
          await suite.advance({ seconds: 46 })
        }
        await payoutReached(people, payoutId, state)
      }
    },
    inMemory,
  )
}

placements(
  'Airtel Money: requests are signed and the PIN is encrypted with OAEP where the portal asks for it',
  [payment],
  async (suite, world) => {
    world.sandbox.scenario({ airtelSigned: true })
    const people = await office(suite, world)
    const account = '+250720300007'
    const order = await placeOrder(suite)
    await order.pay({ method: Method.AIRTEL, phone: account })
    await reached(suite, order, PaymentIntent_State.SUCCEEDED)
    const { paymentIntentId } = order
    const whole = { refundId: newId(), paymentIntentId, amount: moneyToProto(money('RWF', 4500)), reason: 'cancelled' }
    await suite.peer(PaymentService, 'ticketing').refundPayment(whole)
    const payeeId = await payeeOf(people, { method: Method.AIRTEL, account })
    await payoutReached(people, await payOut(people, payeeId, 1_000), State.SUCCEEDED)
    await eventually(async () => world.sandbox.totals()['RWF']?.reversed.count || undefined, 'given back')
    const signed = ['/merchant/v2/payments/', '/standard/v2/payments/refund', '/standard/v2/disbursements/']
    for (const path of signed) {
      expect(world.sandbox.requests(path).map(({ status }) => status)).toEqual([200])
    }
    expect(world.sandbox.requests('/airtel/').filter(({ body }) => 'pin' in body)).toHaveLength(0)
  },
  { ...inMemory, env: { AIRTEL_SIGNING: 'true', AIRTEL_PIN_OAEP: 'true' } },
)
