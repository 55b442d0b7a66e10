import type { Phone } from './phones.ts'
import type { World } from './world.ts'

const DAILY_LIMIT = 500_000
const MAX_BALANCE = 500_000
/** East Africa Time has no summer time: always three hours ahead of UTC. */
const EAT_OFFSET_MS = 3 * 3600 * 1000

/** Why a wallet does not let money out, or in. */
export type Refusal = 'poor' | 'over-limit' | 'full'

/** Why this phone cannot pay this amount now, if it cannot. */
export function debitRefusal(world: World, phone: Phone, amount: number): Refusal | undefined {
  if (!world.scenarios.of(phone.msisdn).checkLimits) return undefined
  if (phone.balance < amount) return 'poor'
  const spentToday = phone.spent.day === eatDay(world.clock.now()) ? phone.spent.amount : 0
  return spentToday + amount > DAILY_LIMIT ? 'over-limit' : undefined
}

/** Why this phone cannot receive this amount, if it cannot. */
export function creditRefusal(world: World, phone: Phone, amount: number): Refusal | undefined {
  if (!world.scenarios.of(phone.msisdn).checkLimits) return undefined
  return phone.balance + amount > MAX_BALANCE ? 'full' : undefined
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

/** The day in East Africa, `2024-07-06`, on which a daily limit counts. */
function eatDay(instant: Date): string {
  return new Date(instant.getTime() + EAT_OFFSET_MS).toISOString().slice(0, 10)
}
