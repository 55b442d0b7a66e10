import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { expect } from 'vitest'
import { money, moneyToProto, reasonOf } from '#kit'
import { placements, type Suite } from '#kit/testing'
import { LedgerService } from '#gen/tms/payment/v1/ledger_service_pb.ts'
import { AccountSide, PendingTransfer_State as State } from '#gen/tms/payment/v1/ledger_pb.ts'
import payment from './service.ts'
import { entryKinds, normalSides } from './domain/books.ts'
import { accountOf, expectBooksInBalance, francs, platformStaff } from './testing/books.ts'
import { newId, TENANT } from './testing/orders.ts'

const bank = accountOf('BANK', 'bk-main')
const clearing = accountOf('PROVIDER_CLEARING', 'mpesa')
const payable = accountOf('TENANT_PAYABLE', TENANT)

/** What a call was refused with; `done` when it was not. */
const outcome = (call: Promise<unknown>) => call.then(() => 'done', reasonOf)

function internal(suite: Suite) {
  const books = suite.peer(LedgerService, 'ticketing')
  const move = (transfer: ReturnType<typeof francs>, transferId = newId()) =>
    books.postTransfer({ transferId, transfer })
  const pend = (transfer: ReturnType<typeof francs>, minutes = 10, pendingTransferId = newId()) =>
    books.createPendingTransfer({
      pendingTransferId,
      transfer,
      expireTime: timestampFromDate(new Date(suite.clock.now().getTime() + minutes * 60_000)),
    })
  return { books, move, pend }
}

async function balance(suite: Suite, account: ReturnType<typeof accountOf>): Promise<bigint | undefined> {
  const { balance } = await platformStaff(suite).getPlatformAccountBalance({ account })
  return balance?.units
}

placements(
  'transfers that arrive together are written together, and one that is refused fails alone',
  [payment],
  async (suite) => {
    const { books, move } = internal(suite)
    const agents = Array.from({ length: 16 }, () => accountOf('AGENT_FLOAT', newId()))
    const filled = agents.filter((_, index) => index % 4 !== 0)
    await Promise.all(filled.map((agent) => move(francs(500, bank, agent))))
    const spent = await Promise.all(agents.map((agent) => outcome(move(francs(500, agent, payable)))))
    expect(spent).toEqual(agents.map((agent) => (filled.includes(agent) ? 'done' : 'BALANCE_LIMIT')))
    expect(await balance(suite, payable)).toBe(6_000n)

    const transferId = newId()
    const same = francs(70, bank, payable)
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => books.postTransfer({ transferId, transfer: same })),
    )
    expect(new Set(answers.map(({ entryId }) => entryId)).size).toBe(1)
    expect(await outcome(move(francs(71, bank, payable), transferId))).toBe('IDEMPOTENCY_KEY_REUSED')
    expect(await balance(suite, payable)).toBe(6_070n)

    for (const wrong of [
      francs(0, bank, payable),
      francs(5, bank, bank),
      francs(5, bank, accountOf('TENANT_PAYABLE', TENANT, 'KES')),
      francs(5, payable, accountOf('TENANT_PAYABLE', '0190f000-0000-7000-8000-0000000b0b0b')),
      francs(5, bank, accountOf('CASH', 'nobody')),
    ]) {
      expect(await outcome(move(wrong))).toBe('TRANSFER_INVALID')
    }
    await expectBooksInBalance(suite)
  },
  { timeoutMs: 120_000 },
)

placements(
  'a float is never overdrawn nor overfilled, however many draw on it at once, and what is pending counts',
  [payment],
  async (suite) => {
    const { books, move, pend } = internal(suite)
    const float = accountOf('AGENT_FLOAT', newId())
    await move(francs(1_000, bank, float))
    const many = await Promise.all(Array.from({ length: 25 }, () => outcome(move(francs(100, float, payable)))))
    expect(many.filter((one) => one === 'done')).toHaveLength(10)
    expect(many.filter((one) => one === 'BALANCE_LIMIT')).toHaveLength(15)
    expect(await balance(suite, float)).toBe(0n)

    await move(francs(1_000, bank, float))
    const promises = await Promise.all(
      Array.from({ length: 6 }, () => pend(francs(300, float, payable)).catch(reasonOf)),
    )
    const held = promises.flatMap((one) =>
      typeof one === 'object' && one.pendingTransfer ? [one.pendingTransfer] : [],
    )
    expect(held).toHaveLength(3)
    expect(await outcome(move(francs(101, float, payable)))).toBe('BALANCE_LIMIT')
    expect(await outcome(move(francs(100, float, payable)))).toBe('done')
    const [first, second, third] = held.map(({ pendingTransferId }) => pendingTransferId)
    const part = await books.postPendingTransfer({
      pendingTransferId: first!,
      amount: moneyToProto(money('RWF', 120)),
    })
    expect(part.pendingTransfer).toMatchObject({ state: State.POSTED, postedAmount: { units: 120n } })
    const { pendingTransfer } = await books.voidPendingTransfer({ pendingTransferId: second! })
    expect(pendingTransfer?.state).toBe(State.VOIDED)
    expect(await outcome(books.postPendingTransfer({ pendingTransferId: second! }))).toBe('PENDING_TRANSFER_ENDED')
    expect(await outcome(books.voidPendingTransfer({ pendingTransferId: newId() }))).toBe('PENDING_TRANSFER_UNKNOWN')
    expect(await outcome(books.postPendingTransfer({ pendingTransferId: newId() }))).toBe('PENDING_TRANSFER_UNKNOWN')
    // 1,000 less 100 less 120; 300 are still promised.
    expect(await balance(suite, float)).toBe(780n)
    expect(await outcome(move(francs(481, float, payable)))).toBe('BALANCE_LIMIT')

    await suite.advance({ minutes: 11 })
    expect(await outcome(books.postPendingTransfer({ pendingTransferId: third! }))).toBe('PENDING_TRANSFER_ENDED')
    expect(await outcome(move(francs(780, float, payable)))).toBe('done')

    const staff = platformStaff(suite)
    const { account } = await staff.setAccountLimits({
      idempotencyKey: newId(),
      account: float,
      minBalance: moneyToProto(money('RWF', -50)),
      maxBalance: moneyToProto(money('RWF', 200)),
    })
    expect(account).toMatchObject({ side: AccountSide.CREDIT, balance: { units: 0n }, maxBalance: { units: 200n } })
    expect(await outcome(move(francs(50, float, payable)))).toBe('done')
    expect(await outcome(move(francs(251, bank, float)))).toBe('BALANCE_LIMIT')
    expect(await outcome(pend(francs(251, bank, float)))).toBe('BALANCE_LIMIT')
    expect(await outcome(move(francs(250, bank, float)))).toBe('done')
    expect(
      await outcome(
        staff.setAccountLimits({ idempotencyKey: newId(), account: clearing, minBalance: account!.minBalance }),
      ),
    ).toBe('LIMIT_UNSUITABLE')
    await expectBooksInBalance(suite)
  },
  { timeoutMs: 120_000 },
)

placements('a company is never paid out more than it is owed, and sells meanwhile', [payment], async (suite) => {
  const { move, pend } = internal(suite)
  await move(francs(900, clearing, payable))
  const sql = suite.sql('payment')
  const post = (entry: object) =>
    sql`insert into journal_transfer ${sql({
      entry_id: newId(),
      line: 0,
      tenant_id: TENANT,
      cause_id: newId(),
      currency: 'RWF',
      post_time: suite.clock.now(),
      debit_kind: 'TENANT_PAYABLE',
      debit_holder: TENANT,
      credit_kind: 'PAYOUTS_PENDING',
      credit_holder: TENANT,
      kind: 'PAYOUT_PROMISED',
      amount_minor: 600,
      ...entry,
    })}`
  await sql`set app.scope = 'system'`
  const both = await Promise.allSettled([post({}), post({})])
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  await expect(post({ amount_minor: 301 })).rejects.toThrow('leave its limits')
  expect(await outcome(pend(francs(301, payable, bank)))).toBe('BALANCE_LIMIT')
  // A refund is the payer's right, whatever the company is owed.
  await post({ kind: 'REFUND_PROMISED', credit_kind: 'REFUNDS_PENDING', amount_minor: 400 })
  expect(await balance(suite, payable)).toBe(-100n)
  // While a payout of the company holds its account, sales are written.
  await sql.begin(async (tx) => {
    await tx`select from ledger_account where kind = 'TENANT_PAYABLE' and holder = ${TENANT} for update`
    await move(francs(5_000, clearing, payable))
  })
  expect(await balance(suite, payable)).toBe(4_900n)
  await expectBooksInBalance(suite)
})

placements(
  'nobody changes what is written, neither the service nor the owner of its tables',
  [payment],
  async (suite) => {
    const { move, pend } = internal(suite)
    const float = accountOf('DRIVER_WALLET', newId())
    await move(francs(900, bank, float))
    const { pendingTransfer } = await pend(francs(10, float, bank))
    const id = pendingTransfer!.pendingTransferId
    const sql = suite.sql('payment')
    const refused: Promise<string>[] = []
    for (const role of ['tms_payment', 'tms_payment_owner']) {
      const attempt = (statement: string) =>
        sql
          .begin(async (tx) => {
            await tx.unsafe(`set local role ${role}; set local app.scope = 'system'`)
            await tx.unsafe(statement)
          })
          .then(
            () => `${role} may: ${statement}`,
            (err: unknown) => String(err),
          )
      refused.push(
        attempt(`update journal_transfer set amount_minor = 1`),
        attempt(`delete from journal_transfer`),
        attempt(`truncate journal_transfer`),
        attempt(`update journal_transfer set post_order = post_order + 1`),
        attempt(`insert into journal_transfer select gen_random_uuid(), 0, null, 'TRANSFER', null, gen_random_uuid(),
        'BANK', 'b', 'BANK', 'b', 'RWF', 5, now()`),
        attempt(`update pending_transfer set amount_minor = 1 where pending_transfer_id = '${id}'`),
        attempt(`delete from pending_transfer`),
      )
    }
    const allowed = /permission denied|append-only|ends once|two_accounts/
    for (const message of await Promise.all(refused)) expect(message).toMatch(allowed)
    // The code and the database have one chart of accounts.
    const kinds = Object.keys(normalSides)
    const sides = await sql`
      insert into ledger_account (kind, holder, currency) select kind, 'x', 'RWF' from unnest(${kinds}::text[]) as kind
      returning kind, side`
    expect(Object.fromEntries(sides.map(({ kind, side }) => [kind, side]))).toEqual(normalSides)
    const pocket = sql`insert into ledger_account (kind, holder, currency) values ('POCKET', 'x', 'RWF')`
    await expect(pocket).rejects.toThrow('ledger_account_kind_check')
    const [check] = await sql`
    select pg_get_constraintdef(oid) as text from pg_constraint where conname = 'journal_transfer_kind_check'`
    for (const kind of entryKinds) expect(String(check?.['text'])).toContain(`'${kind}'`)
  },
)
