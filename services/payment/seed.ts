import type { Ctx } from './context.ts'
import { secondsAfter } from './domain/schedule.ts'
import { insertRate } from './store/exchange_rates.ts'

const LONGEST_SECONDS = 31 * 86_400

/** Lets a demonstration be paid by PayPal, which takes no francs: a rate for the longest time that one may have. */
export async function seedDollarRate({ db, clock, newId }: Pick<Ctx, 'db' | 'clock' | 'newId'>, setByUserId: string) {
  const createTime = clock.now()
  await insertRate(db.system, {
    exchangeRateId: newId(),
    fromCurrency: 'RWF',
    toCurrency: 'USD',
    rate: '0.0007',
    marginBasisPoints: 200,
    setByUserId,
    createTime,
    expireTime: secondsAfter(createTime, LONGEST_SECONDS),
  })
}
