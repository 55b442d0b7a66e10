import { expect } from 'vitest'
import { metadataOf } from '#kit'
import { placements, type Suite } from '#kit/testing'
import { ShiftCorrectedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { CashMovement_Kind as Kind, Deposit_Destination as To } from '#gen/tms/ticketing/v1/shift_pb.ts'
import { ShiftService } from '#gen/tms/ticketing/v1/shift_service_pb.ts'
import payment from '../payment/service.ts'
import qr from '../qr/service.ts'
import ticketing from './service.ts'
import { enrolledDevice, leased, type TestDevice } from './testing/counter.ts'
import { type Company, newCompany, newId, putOnSale, tripOf } from './testing/network.ts'
import { refusal } from './testing/people.ts'
import { balances, francs, notes, openTill, supervisorOf, type Till } from './testing/tills.ts'

const suiteOf = [ticketing, payment, qr]

/** A device with seats to sell, its agent's till, and the office. */
async function counterOf(suite: Suite, company: Company) {
  const [tripId] = await putOnSale(suite, tripOf(company))
  const { device, counter, who } = await enrolledDevice(suite, company)
  const till = suite.client(ShiftService, {
    ...who,
    permissions: [...(who.permissions ?? []), 'ticketing.shifts.work'],
  })
  const office = suite.client(ShiftService, supervisorOf(company.tenantId))
  const lease = await leased(counter, device, tripId!, ['3A', '3B', '3C', '3D'])
  const sync = () => counter.syncSales({ deviceId: device.deviceId, entries: device.journal.slice() })
  const length = () => BigInt(device.journal.length)
  return { device, till, office, sync, length, sell: (i: number) => device.sell(lease, lease.seats[i]!) }
}

/** Counts, hands over and closes. */
async function cashOut(till: Till, shiftId: string, counted: Readonly<Record<number, number>>, journalLength: bigint) {
  const sum = Object.entries(counted).reduce((all, [value, count]) => all + Number(value) * count, 0)
  await till.countShift({ idempotencyKey: newId(), shiftId, denominations: notes(counted), journalLength })
  if (sum > 0) {
    await till.handOverCash({ depositId: newId(), shiftId, destination: To.SAFE, amount: francs(sum) })
  }
  return (await till.closeShift({ idempotencyKey: newId(), shiftId, journalLength })).report!
}

function begin(device: TestDevice, till: Till, float = 0): Promise<string> {
  device.shiftId = newId()
  return openTill(till, float, device.deviceId, device.shiftId)
}

placements(
  'a shift is counted and closed only when nothing of it is left on the device, and then its journal is in the report',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const { device, till, office, sync, length, sell } = await counterOf(suite, company)
    const shiftId = await begin(device, till, 1_000)
    sell(0)
    const voided = sell(1)
    device.write({ case: 'void', value: { voidId: newId(), saleId: voided, reason: 'slip' } })
    sell(2)
    const fuel = { expenseId: newId(), category: 'fuel', amount: francs(500), receipt: 'F-1', note: 'generator' }
    device.write({ case: 'expense', value: fuel })
    device.write({ case: 'cashDrop', value: { dropId: newId(), amount: francs(2_000), destination: 'bag 7' } })
    const count = { shiftId, denominations: notes({ 2000: 2, 500: 1 }), journalLength: length() }
    const early = till.countShift({ ...count, idempotencyKey: newId() })
    await expect(early).rejects.toSatisfy((err) => metadataOf(err)['synced'] === '0')
    await sync()
    const other = till.countShift({ ...count, idempotencyKey: newId(), journalLength: length() + 1n })
    expect(await refusal(other)).toBe('SALES_NOT_SYNCED')
    // Two sales of 3,000 and the float, less 500 spent and 2,000 in the bag.
    expect((await office.getShiftReport({ shiftId })).report?.expected).toMatchObject(francs(4_500))
    const report = await cashOut(till, shiftId, { 2000: 2, 500: 1 }, length())
    expect(report.shift?.cashCount?.overShort).toMatchObject(francs(0))
    expect(report.movements).toMatchObject([{ kind: Kind.EXPENSE, description: 'fuel: generator', receipt: 'F-1' }])
    const deposits = report.shift?.deposits ?? []
    expect(deposits.map(({ amount }) => amount?.units).sort()).toEqual([2_000n, 4_500n])
    for (const { depositId, amount } of deposits) {
      await office.confirmDeposit({ idempotencyKey: newId(), depositId, received: amount! })
    }
    await suite.advance({ seconds: 10 })
    await suite.advance({ seconds: 10 })
    const { sum, of } = await balances(suite, company.tenantId)
    expect(sum).toBe(0n)
    expect(of).toMatchObject({ CASH: 0n, CASH_DRAWER: 0n, CASH_IN_TRANSIT: 0n, CASH_SAFE: 5_500n, CASH_EXPENSE: 500n })
  },
  { timeoutMs: 90_000 },
)

placements(
  'a sale that is heard of after the Z report corrects the till’s next shift, once, and is told; the Z report stays as it was',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const { device, till, office, sync, length, sell } = await counterOf(suite, company)
    const first = await begin(device, till)
    sell(0)
    await sync()
    const z = await cashOut(till, first, { 2000: 3 }, length())
    // 6,000 in the till, 3,000 known: the other sale of the evening was still on the device.
    expect(z.shift?.cashCount).toMatchObject({ expected: francs(3_000), overShort: francs(3_000) })
    sell(1)
    await sync()
    expect((await till.getShiftReport({ shiftId: first })).report).toEqual(z)

    const second = await begin(device, till)
    sell(2)
    await sync()
    const x = (await office.getShiftReport({ shiftId: second })).report!
    expect(x.expected).toMatchObject(francs(6_000))
    expect(x.movements).toMatchObject([{ kind: Kind.CORRECTION, correctedShiftId: first, amount: francs(3_000) }])
    const next = await cashOut(till, second, { 1000: 3 }, length())
    expect(next).toMatchObject({ shift: { zNumber: 2, cashCount: { overShort: francs(-3_000) } } })
    expect(next.movements).toMatchObject([{ kind: Kind.CORRECTION, correctedShiftId: first }])
    await suite.settle()
    expect(await suite.published(ShiftCorrectedSchema)).toMatchObject([
      { correctedShiftId: first, shiftId: second, entryCount: 1, amount: francs(3_000) },
    ])
    const third = await begin(device, till)
    expect((await cashOut(till, third, {}, length())).expected).toMatchObject(francs(0))
    await suite.advance({ seconds: 10 })
    const { sum, of } = await balances(suite, company.tenantId)
    // Over in the one shift, short in the next: nothing is lost.
    expect([sum, of['CASH'], of['CASH_DRAWER'], of['CASH_OVER_SHORT']]).toEqual([0n, 0n, 0n, 0n])
  },
  { timeoutMs: 90_000 },
)
