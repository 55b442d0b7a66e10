import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EntryOutcome, type SeatLease } from '#gen/tms/ticketing/v1/point_of_sale_pb.ts'
import { Deposit_Destination as To, Shift_State } from '#gen/tms/ticketing/v1/shift_pb.ts'
import { factsOf, reasonOf, type Tms } from '../../clients/sdk/src/node.ts'
import { fileStore, PosTerminal } from '../../clients/sdk/src/pos/node.ts'
import { busiestStation } from '../pos/company.ts'
import { networkWithOutages } from '../pos/network.ts'
import { prove } from './story.ts'

/** A company, who works at its counter, and somebody at home. */
export type CounterPeople = {
  readonly tenantId: string
  readonly manager: Tms
  readonly agent: Tms
  readonly rider: Tms
}

/** A counter whose shift is open, and what it sold. */
export type Counter = Awaited<ReturnType<typeof openCounter>>

const francs = (units: bigint) => ({ currencyCode: 'RWF', units })
const FLOAT = 10_000n
/** The notes and coins of the country. */
const VALUES = [5_000n, 2_000n, 1_000n, 500n, 100n, 50n, 20n, 10n, 5n, 1n]

/** A device that the office makes for its busiest station, with two seats of a coming trip, and a shift with a float. */
async function openCounter({ manager, agent }: CounterPeople) {
  const { stopId, stopName, tripIds } = await busiestStation(manager)
  const deviceId = manager.newId()
  const name = `Counter at ${stopName}`.slice(0, 80)
  const { enrolmentCode } = await manager.pointOfSale.createPosDevice({ deviceId, name, stationStopId: stopId })
  const network = networkWithOutages(agent)
  const { profile } = await agent.auth.getProfile({})
  const folder = await mkdtemp(join(tmpdir(), 'tms-counter-'))
  const store = await fileStore(folder)
  const terminal = await PosTerminal.open(network.tms, { store, agentUserId: profile?.userId ?? '' })
  await terminal.enrol(enrolmentCode)
  const lease = await twoSeats(terminal, tripIds)
  await putAwayOpenShift(manager, agent, profile?.userId ?? '')
  const shiftId = agent.newId()
  await agent.shifts.openShift({ shiftId, deviceId, stationId: stopId, float: francs(FLOAT) })
  const close = async () => {
    network.restore()
    await terminal.close()
    await rm(folder, { recursive: true, force: true })
  }
  return { stopName, deviceId, shiftId, terminal, network, lease, close }
}

async function twoSeats(terminal: PosTerminal, tripIds: readonly string[]): Promise<SeatLease> {
  for (const tripId of tripIds) {
    try {
      return await terminal.lease({ tripId, seatCount: 2 })
    } catch (err) {
      // Full, closed, or not sold from here: the next one.
      if (reasonOf(err) === undefined) throw err
    }
  }
  throw new Error('no coming trip has two seats for the counter')
}

/** An agent has one shift at a time: one that a story left open when it was broken off is counted and closed. */
async function putAwayOpenShift(manager: Tms, agent: Tms, agentUserId: string): Promise<void> {
  const { shifts } = await manager.shifts.listShifts({ state: Shift_State.OPEN })
  const open = shifts.find((shift) => shift.agentUserId === agentUserId)
  if (!open) return
  const { report } = await manager.shifts.getShiftReport({ shiftId: open.shiftId })
  await cashOut(manager, agent, open.shiftId, report?.expected?.units ?? 0n, await journalLengthOf(agent, open.shiftId))
}

/** How much of a till's journal the server has, as it says itself when it is told something else. */
async function journalLengthOf(agent: Tms, shiftId: string): Promise<number> {
  const wrong = { idempotencyKey: agent.newId(), shiftId, journalLength: BigInt(Number.MAX_SAFE_INTEGER) }
  const refused: unknown = await agent.shifts.countShift(wrong).catch((err: unknown) => err)
  return Number(factsOf(refused)['synced'] ?? 0)
}

/** A counter without a network sells two seats that it was lent, which nobody else can buy, and sends them when it is back. */
export async function soldOffline(people: CounterPeople): Promise<readonly [Counter & { taken: bigint }, string]> {
  const counter = await openCounter(people)
  const { terminal, network, lease, shiftId, deviceId } = counter
  try {
    network.cut()
    await terminal.openShift(francs(FLOAT), shiftId)
    const sold = []
    for (const { seatLabel } of lease.seats) {
      sold.push(await terminal.sell({ tripId: lease.tripId, seatLabel, passengerName: `Passenger of ${seatLabel}` }))
    }
    prove(sold.length === 2 && terminal.state.unsynced === 3, 'the device has not kept what it did')
    const boarding = { tenantId: people.tenantId, tripId: lease.tripId, stopSequence: lease.origin?.sequence ?? 0 }
    const checked = await terminal.checkTicket(sold[0]!.code, boarding, { revoked: new Set(), boarded: new Set() })
    prove(checked.result === 'VALID', `its own ticket is ${checked.result}`)
    prove(
      (await taken(people.rider, lease)) === 'SEAT_TAKEN',
      'somebody else could hold a seat that the counter has sold',
    )
    network.restore()
    await terminal.flush()
    const { unsynced, quarantined, conflicts } = terminal.state
    prove(unsynced + quarantined + conflicts.length === 0, 'the server did not take all of it as it was')
    const { entries } = await people.manager.pointOfSale.listJournalEntries({ deviceId })
    const outcomes = entries.filter(({ result }) => result?.outcome === EntryOutcome.SOLD).length
    prove(outcomes === 2, `the server has ${outcomes} of the sales`)
    const cash = sold.reduce((sum, { price }) => sum + price.units, 0n)
    const seats = sold.map(({ seatLabel }) => seatLabel).join(' and ')
    return [
      { ...counter, taken: cash },
      `${counter.stopName}: seats ${seats} for ${cash} RWF on disk before any network; refused to others; all sent`,
    ]
  } catch (err) {
    await counter.close()
    throw err
  }
}

async function taken(rider: Tms, { tripId, origin, seats }: SeatLease): Promise<string | undefined> {
  const [seat] = seats
  const held = rider.ticketing.holdSeats({
    ...{ bookingId: rider.newId(), tripId, fromSequence: origin?.sequence ?? 0 },
    toSequence: seat?.tickets.at(-1)?.toSequence ?? 1,
    passengers: [{ name: 'Guest', seatLabel: seat?.seatLabel ?? '' }],
    contact: { phone: '+250788000199', language: 'en' },
  })
  return held.then(() => 'nothing', reasonOf)
}

/** The agent counts the till without being told what should be in it; the office receives the money; the Z report closes it. */
export async function countedBlind({ manager, agent }: CounterPeople, counter: Counter & { taken: bigint }) {
  const { terminal, shiftId, close } = counter
  try {
    const inTill = FLOAT + counter.taken
    const peeked = await agent.shifts.getShiftReport({ shiftId }).then(() => 'nothing', reasonOf)
    prove(peeked === 'COUNT_FIRST', 'the agent was told before counting what should be in the till')
    await terminal.closeShift(francs(inTill))
    const { journalLength } = terminal.state
    const early = await cashOut(manager, agent, shiftId, inTill, journalLength).then(() => 'nothing', reasonOf)
    prove(early === 'SALES_NOT_SYNCED', 'a till was counted while the device had something to send')
    await terminal.flush()
    const report = await cashOut(manager, agent, shiftId, inTill, journalLength)
    prove(report?.expected?.units === inTill, `the server expected ${report?.expected?.units ?? 0n} in the till`)
    prove(report.shift?.cashCount?.overShort?.units === 0n, 'the till is over or short')
    const fault = await terminal.verify()
    prove(fault === undefined, `the journal on the device has a fault: ${fault?.fault ?? ''}`)
    return [
      undefined,
      `${inTill} RWF counted, as much expected, 0 over or short; received by the office; Z report ${report.shift.zNumber}`,
    ] as const
  } finally {
    await close()
  }
}

/** Counts, hands over, has it received by somebody else, and closes: answers the Z report. */
async function cashOut(manager: Tms, agent: Tms, shiftId: string, inTill: bigint, journalLength: number) {
  const length = { shiftId, journalLength: BigInt(journalLength) }
  await agent.shifts.countShift({ ...length, idempotencyKey: agent.newId(), denominations: notesOf(inTill) })
  if (inTill > 0n) {
    const depositId = agent.newId()
    await agent.shifts.handOverCash({ depositId, shiftId, destination: To.SAFE, amount: francs(inTill) })
    await manager.shifts.confirmDeposit({ idempotencyKey: manager.newId(), depositId, received: francs(inTill) })
  }
  return (await agent.shifts.closeShift({ ...length, idempotencyKey: agent.newId() })).report
}

/** An amount in the fewest notes and coins. */
function notesOf(amount: bigint) {
  let left = amount
  return VALUES.flatMap((value) => {
    const count = Number(left / value)
    left %= value
    return count > 0 ? [{ denomination: francs(value), count }] : []
  })
}
