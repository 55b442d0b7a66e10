import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { expect } from 'vitest'
import { money, moneyToProto, reasonOf } from '#kit'
import { placements, type Suite } from '#kit/testing'
import { AccountKind } from '#gen/tms/payment/v1/ledger_pb.ts'
import { LedgerService } from '#gen/tms/payment/v1/ledger_service_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import payment from './service.ts'
import { accountOf, expectBooksInBalance, platformStaff, sellForCash, totals } from './testing/books.ts'
import { newId, TENANT } from './testing/orders.ts'

const OTHER = '0190f000-0000-7000-8000-0000000b0b0b'
const payable = accountOf('TENANT_PAYABLE', TENANT)
const at = (time: string) => timestampFromDate(new Date(time))
const outcome = (call: Promise<unknown>) => call.then(() => 'done', reasonOf)
const sell = (suite: Suite, minor: number, tenantId = TENANT) =>
  sellForCash(suite, tenantId, moneyToProto(money('RWF', minor)))

/** Folds until nothing is left: transactions of other databases of the server hold a fold back as well. */
async function foldedWhole(suite: Suite): Promise<void> {
  const until = performance.now() + 60_000
  for (;;) {
    await suite.runJob('payment', 'fold-ledger')
    const [state] = await suite.sql('payment')`
      select through_order = (select max(post_order) from journal_transfer) as whole from ledger_fold`
    if (state?.['whole'] === true) return
    if (performance.now() > until) throw new Error('the journal was never folded whole')
  }
}

/** Three days of sales: the first is folded whole, the second in part, the third not at all. */
async function threeDays(suite: Suite): Promise<void> {
  const fold = () => suite.runJob('payment', 'fold-ledger')
  for (const minor of [100, 200]) await sell(suite, minor)
  await fold()
  await suite.advance({ hours: 24 })
  await sell(suite, 400)
  await fold()
  await fold()
  await suite.advance({ hours: 2 })
  await sell(suite, 800)
  await sell(suite, 7, OTHER)
  await fold()
  await fold()
  await suite.advance({ hours: 22 })
  await sell(suite, 1_600)
}

placements(
  'balances and statements are the sums of the journal at any time, folded or not, and a company sees its own alone',
  [payment],
  async (suite) => {
    await threeDays(suite)
    const mine = { userId: newId(), tenantId: TENANT, permissions: ['payment.ledger.read'] }
    const books = suite.client(LedgerService, mine)
    const staff = platformStaff(suite)
    const balances: [string | undefined, number][] = [
      [undefined, 3_100],
      ['2026-11-20T06:00:00Z', 0],
      ['2026-11-20T06:00:01Z', 300],
      ['2026-11-21T00:00:00Z', 300],
      ['2026-11-21T07:00:00Z', 700],
      ['2026-11-21T23:00:00Z', 1_500],
      ['2026-11-22T23:00:00Z', 3_100],
    ]
    for (const [time, expected] of balances) {
      const request = { account: payable, ...(time !== undefined && { time: at(time) }) }
      const { balance } = await books.getAccountBalance(request)
      expect([time, Number(balance?.units)]).toEqual([time, expected])
      expect((await staff.getPlatformAccountBalance(request)).balance).toEqual(balance)
    }

    const period = { account: payable, startTime: at('2026-11-20T12:00:00Z'), endTime: at('2026-11-22T12:00:00Z') }
    const page = await books.getAccountStatement({ ...period, pageSize: 2 })
    expect(page.openingBalance?.units).toBe(300n)
    expect(page.lines.map(({ change, balance }) => [change?.units, balance?.units])).toEqual([
      [400n, 700n],
      [800n, 1_500n],
    ])
    expect(page.lines[0]?.counterpart).toMatchObject({ kind: AccountKind.CASH, holder: TENANT })
    const rest = await staff.getPlatformAccountStatement({ ...period, pageSize: 2, pageToken: page.nextPageToken })
    expect(rest).toMatchObject({ openingBalance: { units: 1_500n }, closingBalance: { units: 3_100n } })
    expect(rest.lines.map(({ balance }) => balance?.units)).toEqual([3_100n])

    const pieces: Uint8Array[] = []
    for await (const { csv } of books.exportAccountStatement(period)) pieces.push(csv)
    const rows = Buffer.concat(pieces).toString().trimEnd().split('\r\n')
    expect(rows[0]).toMatch(/^post_time,entry_id,kind,/)
    expect(rows.slice(1).map((row) => row.split(',').slice(-2).join())).toEqual(['400,700', '800,1500', '1600,3100'])

    const bookkeeper = suite.client(PaymentService, mine)
    const then = await bookkeeper.getTrialBalance({ time: at('2026-11-21T07:00:00Z') })
    expect(totals(then.lines)).toEqual({ debit: 700n, credit: 700n })
    expect(totals((await bookkeeper.getTrialBalance({})).lines)).toEqual({ debit: 3_100n, credit: 3_100n })

    const { accounts } = await books.listAccounts({})
    expect(accounts.map(({ account, balance }) => [account?.kind, balance?.units])).toEqual([
      [AccountKind.CASH, 3_100n],
      [AccountKind.TENANT_PAYABLE, 3_100n],
    ])
    const first = await staff.listPlatformAccounts({ pageSize: 3 })
    const second = await staff.listPlatformAccounts({ pageSize: 3, pageToken: first.nextPageToken })
    const holders = [...first.accounts, ...second.accounts].map(({ account }) => account?.holder)
    expect(holders).toEqual([TENANT, OTHER, TENANT, OTHER])

    for (const account of [accountOf('TENANT_PAYABLE', OTHER), accountOf('PROVIDER_CLEARING', 'mpesa')]) {
      expect(await outcome(books.getAccountBalance({ account }))).toBe('ACCOUNT_UNKNOWN')
      expect(await outcome(books.getAccountStatement({ ...period, account }))).toBe('ACCOUNT_UNKNOWN')
    }
    const backwards = { account: payable, startTime: period.endTime, endTime: period.startTime }
    expect(await outcome(books.getAccountStatement(backwards))).toBe('REQUEST_INVALID')
    expect(await outcome(books.getAccountStatement({ ...period, pageToken: 'bm9uc2Vuc2U' }))).toBe('PAGE_TOKEN_INVALID')
    await expectBooksInBalance(suite)
  },
  { timeoutMs: 90_000 },
)

placements(
  'rows that are committed late are folded all the same',
  [payment],
  async (suite) => {
    const sql = suite.sql('payment')
    const fold = () => suite.runJob('payment', 'fold-ledger')
    await sell(suite, 100)
    await sql.begin(async (slow) => {
      await slow`set local app.scope = 'system'`
      const entry = { entry_id: newId(), line: 0, tenant_id: TENANT, kind: 'ADJUSTMENT', cause_id: newId() }
      const moved = { currency: 'RWF', amount_minor: 40, post_time: suite.clock.now() }
      const sides = { debit_kind: 'BANK', debit_holder: 'b', credit_kind: 'TENANT_PAYABLE', credit_holder: TENANT }
      // Numbered before the sale that follows, and committed after it.
      await slow`insert into journal_transfer ${slow({ ...entry, ...moved, ...sides })}`
      await sell(suite, 200)
      for (let times = 0; times < 3; times++) await fold()
      const [place] = await slow`
      select through_order < (select post_order from journal_transfer where amount_minor = 40) as before from ledger_fold`
      expect(place).toEqual({ before: true })
    })
    await foldedWhole(suite)
    const [day] = await sql`select credit_minor from account_day where kind = 'TENANT_PAYABLE'`
    expect(Number(day?.['credit_minor'])).toBe(340)
    // A copy of the database on another server: what was noted about the old one's transactions says nothing here.
    await sql`update ledger_fold set candidate_xact = '9000000000'`
    await sell(suite, 1)
    await foldedWhole(suite)
    await expectBooksInBalance(suite)
  },
  { timeoutMs: 90_000 },
)
