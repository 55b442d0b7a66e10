import fc from 'fast-check'
import { afterAll, beforeAll, test } from 'vitest'
import { Method } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { audit } from './testing/audit.ts'
import { type Mortal, startMortal } from './testing/mortal/index.ts'
import { type Cast, play, script } from './testing/play.ts'
import { clerk, payeeOf } from './testing/payouts.ts'

/** How many plays; with PAYMENT_PLAYS=200 it runs for minutes. */
const PLAYS = Number(process.env['PAYMENT_PLAYS'] ?? 3)
/** The seed that a failure names plays the same again; PAYMENT_PLAY_PATH is its path. */
const SEED = Number(process.env['PAYMENT_SEED'] ?? Math.floor(Math.random() * 1_000_000_000))
const PATH = process.env['PAYMENT_PLAY_PATH']

let mortal: Mortal
let cast: Cast

beforeAll(async () => {
  mortal = await startMortal()
  const { stage } = mortal
  const people = { maker: clerk(stage), checker: clerk(stage) }
  const payees = [
    await payeeOf(people, { method: Method.MPESA, account: '+250788600007' }),
    await payeeOf(people, { method: Method.MTN, account: '+250788600107' }),
    await payeeOf(people, { method: Method.AIRTEL, account: '+250730600007' }),
  ]
  cast = { mortal, people, payees, orders: [] }
}, 60_000)

afterAll(() => mortal.stop())

test(
  'whatever duplicates, callbacks, time-outs, outages and deaths come between: every franc is where it belongs, and nothing waits for ever [S3-57][S3-59][S4-24][S4-25][S4-26]',
  { timeout: 60_000 + PLAYS * 20_000 },
  async () => {
    const phones = new Set(['+250788600007', '+250788600107', '+250730600007'])
    let number = 0
    const property = fc.asyncProperty(script, async (steps) => {
      for (const one of await play(cast, ++number, steps)) phones.add(one)
      const { sandbox } = mortal.world
      await audit(
        mortal.stage,
        sandbox,
        [...phones].flatMap((one) => sandbox.payments(one)),
      )
    })
    const replay = PATH === undefined ? {} : { path: PATH }
    // What has gone wrong once leaves its traces: there is no smaller play to be found after it.
    await fc.assert(property, { numRuns: PLAYS, seed: SEED, endOnFailure: true, ...replay })
    console.info(`${PLAYS} plays by seed ${SEED}:`, await endings())
  },
)

/** How many attempts, refunds and payouts ended how. */
async function endings(): Promise<Record<string, number>> {
  const rows = await mortal.stage.sql('payment')<{ what: string; n: number }[]>`
    select what, count(*)::int as n from (
      select provider || ' charge ' || state as what from payment_attempt
      union all select provider || ' refund ' || state from payment_refund
      union all select provider || ' payout ' || state from payout) as ended
    group by what order by what`
  return Object.fromEntries(rows.map(({ what, n }) => [what, n]))
}
