import { countryOf } from '../world/countries.ts'
import type { Payment } from '../world/payments.ts'
import type { World } from '../world/world.ts'
import { businessOf } from './business.ts'
import { receiptNumber } from './ids.ts'
import { resultDescription } from './result_codes.ts'

/** Money that has just moved without a prompt. */
export type Movement = Pick<Payment, 'id' | 'kind' | 'msisdn' | 'amount' | 'shortCode' | 'reference' | 'description'>

/** Writes a finished movement into the books and the phone's history. Returns its receipt. */
export function recordMovement(world: World, movement: Movement): string {
  const time = world.clock.now()
  const receipt = newReceipt(world)
  const payment: Payment = {
    ...movement,
    wallet: 'M-PESA',
    currency: countryOf(movement.msisdn).currency,
    business: businessOf(world, movement.shortCode)?.name ?? movement.shortCode,
    createTime: time,
    deliveries: [],
  }
  world.payments.add(payment)
  world.payments.settle(payment, { code: '0', text: resultDescription('0') }, time, receipt)
  world.phones.keepPayment(payment)
  world.changes.tell({ msisdn: payment.msisdn })
  return receipt
}

/** A receipt that no payment has yet. */
export function newReceipt(world: World): string {
  for (;;) {
    const receipt = receiptNumber(world.clock.now(), world.random)
    if (!world.payments.findByReceipt(receipt)) return receipt
  }
}
