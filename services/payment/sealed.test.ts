import { getTableConfig } from 'drizzle-orm/pg-core'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { money, moneyToProto } from '#kit'
import { placements, type Suite } from '#kit/testing'
import { Method, PaymentIntent_State as State } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { Payout_State } from '#gen/tms/payment/v1/payout_pb.ts'
import { DEVELOPMENT_KEY } from './config.ts'
import { holdKeys } from './crypto/keys.ts'
import { keyringFrom } from './crypto/seal.ts'
import payment from './service.ts'
import { sealedColumns } from './store/column_key.ts'
import { payeeAccount, payout } from './store/payout_schema.ts'
import { reconciliationBreak, settlementLine } from './store/reconciliation_schema.ts'
import { paymentAttempt, paymentRefund } from './store/schema.ts'
import { eventually, newId, type Order, placeOrder, reached } from './testing/orders.ts'
import { paymentWorld, type PaymentWorld } from './testing/outside.ts'
import { office, payOut, payoutReached } from './testing/payouts.ts'
import { bookkeeper, reconcileFile, statementOf } from './testing/reconciling.ts'

const run = promisify(execFile)
const TODAY = '2026-11-20'
const NEXT_KEY = 'the key that comes after the first one'
const phones = { mpesa: '+250788910007', mtn: '+250788920007', payee: '+250788930007' }

test('every sealed column is one that a new key seals anew [S3-140]', () => {
  const declared = [paymentAttempt, paymentRefund, payeeAccount, payout, settlementLine, reconciliationBreak].map(
    (table) => {
      const { name: tableName, columns } = getTableConfig(table)
      const sealed = columns.filter(({ columnType }) => columnType === 'PgCustomColumn')
      return [tableName, sealed.map(({ name }) => name).sort()]
    },
  )
  const resealed = Object.entries(sealedColumns).map(([table, columns]) => [
    table,
    // What hand-written statements alone know of.
    columns
      .map(({ column }) => column)
      .filter((column) => column !== 'subject_key' && `${table}.${column}` !== 'settlement_line.request_reference')
      .sort(),
  ])
  expect(Object.fromEntries(resealed)).toEqual(Object.fromEntries(declared))
})

async function paidBy(suite: Suite, method: Method, phone: string): Promise<Order> {
  const order = await placeOrder(suite, { orderReference: `SEAL${method}` })
  await order.pay({ method, phone })
  await reached(suite, order, State.SUCCEEDED)
  return order
}

/** Something in every table that numbers or receipts come into. */
async function trade(suite: Suite, world: PaymentWorld) {
  const people = await office(suite, world, 1, phones.payee)
  world.sandbox.phone(phones.mpesa).scenario({ statementFault: 'change' })
  const order = await paidBy(suite, Method.MPESA, phones.mpesa)
  await paidBy(suite, Method.MTN, phones.mtn)
  await payoutReached(people, await payOut(people, people.payeeId, 1_000), Payout_State.SUCCEEDED)
  const amount = moneyToProto(money('RWF', 500))
  const { paymentIntentId } = order
  const refund = { refundId: newId(), paymentIntentId, amount, reason: 'one seat less' }
  await suite.peer(PaymentService, 'ticketing').refundPayment(refund)
  const isBack = () => suite.sql('payment')`select 1 from payment_refund where state = 'SUCCEEDED'`
  await eventually(async () => ((await isBack()).length > 0 ? true : undefined), 'the refund')
  const file = await statementOf(world, TODAY)
  await reconcileFile(suite, file)
  return file
}

/** Where a text is to be read in the schema, by table. */
async function placesOf(suite: Suite, text: string): Promise<string[]> {
  const sql = suite.sql('payment')
  const tables = await sql<{ name: string }[]>`
    select table_name as name from information_schema.tables
    where table_schema = 'payment' and table_type = 'BASE TABLE'`
  const hex = Buffer.from(text).toString('hex')
  const found: string[] = []
  for (const { name } of tables) {
    // Bytes are shown in hex.
    const rows = await sql`select 1 from ${sql(name)} as one
      where to_jsonb(one)::text like ${`%${text}%`} or to_jsonb(one)::text like ${`%${hex}%`} limit 1`
    if (rows.length > 0) found.push(name)
  }
  return found.sort()
}

const receiptsOf = ({ sandbox }: PaymentWorld) =>
  Object.values(phones).flatMap((phone) => sandbox.payments(phone).flatMap(({ outcome }) => outcome?.receipt ?? []))

async function expectNothingToRead(suite: Suite, world: PaymentWorld): Promise<void> {
  for (const phone of Object.values(phones)) {
    expect([phone, await placesOf(suite, phone.slice(4))]).toEqual([phone, []])
  }
  const receipts = receiptsOf(world)
  expect(receipts.length).toBeGreaterThan(3)
  for (const receipt of receipts) {
    // Events tell receipts to those who make tickets and messages of them, and are kept for a week.
    const places = (await placesOf(suite, receipt)).filter((place) => place !== 'outbox')
    expect([receipt, places]).toEqual([receipt, []])
  }
}

placements(
  'no number of a person, no receipt and no callback can be read in the database or in Redis; a new key seals all anew, and then the old one writes nothing [S3-140]',
  [payment],
  async (suite, world) => {
    const file = await trade(suite, world)
    await expectNothingToRead(suite, world)
    const kept = await Promise.all(
      (await suite.redis.keys(`${suite.namespace}:payment:intent:*`)).map((key) =>
        suite.redis.hgetBuffer(key, 'intent'),
      ),
    )
    expect(kept.length).toBeGreaterThan(0)
    expect(kept.some((intent) => intent?.includes(phones.mtn.slice(1)))).toBe(false)

    const env = { ...process.env, DATABASE_URL: suite.databaseUrl, PAYMENT_KEY: NEXT_KEY }
    const alone = run(process.execPath, ['scripts/rekey.ts'], { env })
    await expect(alone).rejects.toThrow('PAYMENT_KEY_FORMER')
    const { stdout } = await run(process.execPath, ['scripts/rekey.ts'], {
      env: { ...env, PAYMENT_KEY_FORMER: DEVELOPMENT_KEY },
    })
    expect(stdout).toMatch(/\d{2,} rows are sealed anew/)
    await expectNothingToRead(suite, world)

    // Whoever still has the old key alone does not start, and writes nothing: no receipt is in the books under two seals.
    const { ctx } = suite.host.runtimes.get('payment')!
    await expect(payment.start?.(ctx as never)).rejects.toThrow('npm run rekey')
    const sql = suite.sql('payment')
    const former = keyringFrom(DEVELOPMENT_KEY, []).seal('reference', receiptsOf(world)[0]!)
    for (const receipt of [former, 'UKK7RT61SV']) {
      const twice = sql`update payment_attempt set receipt = ${receipt} where receipt is not null`
      await expect(twice).rejects.toThrow('not sealed under the key')
    }
    const late = await placeOrder(suite)
    world.sandbox.phone(phones.mtn).scenario({ answer: 'manual' })
    await late.pay({ method: Method.MTN, phone: phones.mtn })
    await world.sandbox.phone(phones.mtn).nextPrompt()

    // Started again with the new key, the service goes on where it was, and knows every receipt.
    holdKeys(keyringFrom(NEXT_KEY, [DEVELOPMENT_KEY]))
    world.sandbox.phone(phones.mtn).approve()
    for (let round = 0; round < 3; round++) await suite.advance({ seconds: 46 })
    await reached(suite, late, State.SUCCEEDED)
    const before = (await bookkeeper(suite).listBreaks({})).breaks
    const again = await reconcileFile(suite, `${file}\r\n`)
    expect(again.openBreakCount).toBe(0) // the same differences are known
    const after = (await bookkeeper(suite).listBreaks({})).breaks
    expect(after).toEqual(before)
    const paid = world.sandbox.payments(phones.mpesa).find(({ kind }) => kind === 'stk-push')
    expect(before.map(({ receipt }) => receipt)).toContain(paid?.outcome?.receipt)
    await expectNothingToRead(suite, world)
  },
  { outside: paymentWorld, placements: ['memory'], timeoutMs: 120_000 },
)
