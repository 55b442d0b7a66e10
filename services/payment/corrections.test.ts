import { expect } from 'vitest'
import { money, moneyToProto, reasonOf } from '#kit'
import { placements } from '#kit/testing'
import { Adjustment_State as State } from '#gen/tms/payment/v1/ledger_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import payment from './service.ts'
import { accountOf, expectBooksInBalance, francs, platformStaff, sellForCash } from './testing/books.ts'
import { newId, TENANT } from './testing/orders.ts'

const bank = accountOf('BANK', 'bk-main')
const suspense = accountOf('SUSPENSE', TENANT)
const outcome = (call: Promise<unknown>) => call.then(() => 'done', reasonOf)

placements(
  'platform staff correct the books with a reason, a large correction only by two people, and an entry is reversed once',
  [payment],
  async (suite) => {
    const [maker, checker] = [platformStaff(suite), platformStaff(suite)]
    const ask = (minor: number) => {
      const transfer = francs(minor, bank, suspense)
      return maker.postAdjustment({ adjustmentId: newId(), transfer, reason: 'found in the till' })
    }
    const held = async () => Number((await maker.getPlatformAccountBalance({ account: suspense })).balance?.units)
    const decide = (adjustmentId: string, approve: boolean, by = checker) =>
      by.decideAdjustment({ adjustmentId, approve, idempotencyKey: newId() })

    const { adjustment: small } = await ask(1_000)
    expect(small).toMatchObject({ state: State.POSTED, needsChecker: false, tenantId: TENANT })
    expect(await held()).toBe(1_000)
    const large = (await ask(1_001)).adjustment!
    expect(large).toMatchObject({ state: State.PROPOSED, needsChecker: true })
    expect(await held()).toBe(1_000)
    expect(await outcome(decide(large.adjustmentId, true, maker))).toBe('CHECKER_IS_MAKER')
    await decide(large.adjustmentId, true)
    expect(await outcome(decide(large.adjustmentId, false))).toBe('ADJUSTMENT_DECIDED')
    expect(await outcome(decide(newId(), false))).toBe('ADJUSTMENT_UNKNOWN')
    expect(await held()).toBe(2_001)
    await decide((await ask(5_000)).adjustment!.adjustmentId, false)
    expect(await held()).toBe(2_001)
    const taken = { adjustmentId: large.adjustmentId, transfer: francs(1, bank, suspense), reason: 'same id again' }
    expect(await outcome(checker.postAdjustment(taken))).toBe('ID_TAKEN')

    const journal = suite.client(PaymentService, { userId: newId(), permissions: ['*'] })
    const { journalEntries } = await journal.listPlatformJournalEntries({})
    const entryOf = (causeId: string) => journalEntries.find((entry) => entry.causeId === causeId)?.entryId ?? ''
    const reverse = (entryId: string) => {
      return maker.reverseEntry({ adjustmentId: newId(), entryId, reason: 'it was not ours' })
    }
    const entryId = entryOf(small!.adjustmentId)
    const tries = await Promise.all([1, 2, 3].map(() => outcome(reverse(entryId))))
    expect(tries.sort()).toEqual(['ENTRY_REVERSED', 'ENTRY_REVERSED', 'done'])
    expect(await held()).toBe(1_001)
    const big = await reverse(entryOf(large.adjustmentId))
    expect(big.adjustment).toMatchObject({ state: State.PROPOSED, reversesEntryId: entryOf(large.adjustmentId) })
    expect(await held()).toBe(1_001)
    await decide(big.adjustment!.adjustmentId, true)
    expect(await held()).toBe(0)

    await sellForCash(suite, TENANT, moneyToProto(money('RWF', 500)))
    const [sale] = (await journal.listPlatformJournalEntries({})).journalEntries
    expect(await outcome(reverse(sale!.entryId))).toBe('ENTRY_NOT_REVERSIBLE')
    expect(await outcome(reverse(newId()))).toBe('ENTRY_UNKNOWN')

    expect((await maker.listAdjustments({ state: State.POSTED })).adjustments).toHaveLength(4)
    expect((await maker.listAdjustments({ pageSize: 2 })).adjustments).toHaveLength(2)
    const sql = suite.sql('payment')
    await expect(sql`update ledger_adjustment set amount_minor = 1`).rejects.toThrow('decided once')
    await expect(sql`delete from ledger_adjustment`).rejects.toThrow('decided once')
    await expectBooksInBalance(suite)
  },
  { env: { LEDGER_CHECKED_ABOVE: '1000' }, timeoutMs: 90_000 },
)
