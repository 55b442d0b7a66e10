import { ShiftService } from '#gen/tms/ticketing/v1/shift_service_pb.ts'
import { Deposit_Destination as To } from '#gen/tms/ticketing/v1/shift_pb.ts'
import type { Suite } from '#kit/testing'
import { type Company, id } from './companies.ts'

/** Lets the manager work a shift at a till, count it, and hand a part over. */
export async function keepTill(suite: Suite, { manager }: Company) {
  const till = suite.client(ShiftService, manager)
  const [shiftId, depositId, expenseId] = [id(), id(), id()]
  const francs = (units: bigint) => ({ currencyCode: 'RWF', units })
  await till.openShift({ shiftId, deviceId: id(), stationId: id(), float: francs(2_000n) })
  await till.recordExpense({ expenseId, shiftId, amount: francs(500n), description: 'water' })
  const denominations = [{ denomination: francs(500n), count: 3 }]
  await till.countShift({ idempotencyKey: id(), shiftId, denominations })
  await till.handOverCash({ depositId, shiftId, destination: To.SAFE, amount: francs(1_000n) })
  return { shiftId, depositId, expenseId }
}
