import type { Phone } from '../world/phones.ts'
import type { World } from '../world/world.ts'
import { eatDay, receiptNumber } from './ids.ts'
import type { ResultCode } from './result_codes.ts'

const DAILY_LIMIT = 500_000
const MAX_BALANCE = 500_000

/** Why this phone cannot pay this amount now, if it cannot. */
export function debitRefusal(world: World, phone: Phone, amount: number): ResultCode | undefined {
  if (!world.scenarios.of(phone.msisdn).checkLimits) return undefined
  if (phone.balance < amount) return '1'
  const spentToday = phone.spent.day === eatDay(world.clock.now()) ? phone.spent.amount : 0
  return spentToday + amount > DAILY_LIMIT ? '4' : undefined
}

/** Why this phone cannot receive this amount, if it cannot. */
export function creditRefusal(world: World, phone: Phone, amount: number): ResultCode | undefined {
  if (!world.scenarios.of(phone.msisdn).checkLimits) return undefined
  return phone.balance + amount > MAX_BALANCE ? '8' : undefined
}

/** Takes the money from the phone and gives it to the business. */
export function debit(world: World, phone: Phone, amount: number, shortCode: string): void {
  const { checkLimits } = world.scenarios.of(phone.msisdn)
  // Without limits a wallet never runs dry, so that a benchmark can pay from one phone all day.
  if (checkLimits) phone.balance -= amount
  const day = eatDay(world.clock.now())
  if (phone.spent.day !== day) Object.assign(phone.spent, { day, amount: 0 })
  phone.spent.amount += amount
  world.accounts.of(shortCode).working += amount
}

/** A receipt that no payment has yet. */
export function newReceipt(world: World): string {
  for (;;) {
    const receipt = receiptNumber(world.clock.now(), world.random)
    if (!world.payments.findByReceipt(receipt)) return receipt
  }
}
