import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { reasonOf } from '../../clients/sdk/src/node.ts'
import { fileStore, PosTerminal, type SignedEntry } from '../../clients/sdk/src/pos/node.ts'
import { busiestStation, counterCompany, signedIn } from '../../scripts/pos/company.ts'

/** What one device will send. */
export type DeviceJournal = { readonly deviceId: string; readonly entries: readonly SignedEntry[] }

const ZERO = { currencyCode: 'RWF', units: 0n }

/** Has devices borrow whole buses and sell every seat without a network: journals that nobody has seen yet. */
export async function prepareJournals(devices: number, salesEach: number): Promise<DeviceJournal[]> {
  const company = counterCompany('')
  const [manager, agent] = [await signedIn(company, 'manager'), await signedIn(company, 'agent')]
  const folder = mkdtempSync(join(tmpdir(), 'possync-'))
  try {
    const { stopId: stationStopId, tripIds } = await busiestStation(manager)
    const { profile } = await agent.auth.getProfile({})
    const waiting = [...tripIds]
    const journals: DeviceJournal[] = []
    for (let device = 0; device < devices; device++) {
      const deviceId = manager.newId()
      const made = await manager.pointOfSale.createPosDevice({ deviceId, name: `Bench ${device}`, stationStopId })
      const store = await fileStore(join(folder, String(device)))
      const terminal = await PosTerminal.open(agent, { store, agentUserId: profile?.userId ?? '' })
      await terminal.enrol(made.enrolmentCode)
      await terminal.openShift(ZERO)
      await sellBuses(terminal, waiting, salesEach)
      journals.push({ deviceId, entries: await store.after(0, salesEach + 1) })
      await terminal.close()
    }
    return journals
  } finally {
    manager.close()
    agent.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function sellBuses(terminal: PosTerminal, waiting: string[], sales: number): Promise<void> {
  for (let sold = 0; sold < sales;) {
    const tripId = waiting.shift()
    if (tripId === undefined) throw new RangeError(`the demo has seats for ${sold} sales of this device only`)
    const seats = await borrow(terminal, tripId, Math.min(60, sales - sold))
    for (const { seatLabel, tickets } of seats) {
      const { toSequence } = tickets[sold % tickets.length]!
      await terminal.sell({ tripId, seatLabel, toSequence, passengerName: `Passenger ${sold}` })
      sold += 1
    }
  }
}

async function borrow(terminal: PosTerminal, tripId: string, seatCount: number) {
  try {
    return (await terminal.lease({ tripId, seatCount })).seats
  } catch (err) {
    // Full, or not sold from here any more.
    if (reasonOf(err) === undefined) throw err
    return []
  }
}
