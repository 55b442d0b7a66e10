// Plays an agent of the demo through a shift at a counter: npm run pos -- [--offline 500] [--company ishema-lines]
//   Makes a device, enrols it, borrows seats, sells that many without a network while it comes and goes, and sends the
//   journal; prints what a sale took and what the server made of it. TMS_URL (http://127.0.0.1:8000) says where the suite runs.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { reasonOf, type Tms } from '../clients/sdk/src/node.ts'
import { fileStore, PosTerminal } from '../clients/sdk/src/pos/node.ts'
import { optionsOf, run } from './command/command.ts'
import { busiestStation, counterCompany, signedIn } from './pos/company.ts'
import { networkWithOutages } from './pos/network.ts'

const USAGE = `npm run pos -- [--offline 500] [--company ishema-lines]
  --offline says how many sales are made without a network, --company in whose name.
  TMS_URL says where the suite is (http://127.0.0.1:8000).`

/** As many seats as a device may have of one trip. */
const SEATS_AT_ONCE = 20
const ZERO = { currencyCode: 'RWF', units: 0n }

/** Borrows seats of the coming trips from a station until there are enough, or no more. */
async function borrow(terminal: PosTerminal, tripIds: readonly string[], wanted: number): Promise<number> {
  let seats = 0
  for (const tripId of tripIds) {
    if (seats >= wanted) break
    try {
      const lease = await terminal.lease({ tripId, seatCount: Math.min(SEATS_AT_ONCE, wanted - seats) })
      seats += lease.seats.length
    } catch (err) {
      // Full, closed, or not sold from here: the next one.
      if (reasonOf(err) === undefined) throw err
    }
  }
  return seats
}

/** Sells every seat that is left, and answers the milliseconds that each sale took. */
async function sellAll(terminal: PosTerminal, outage: (sold: number) => void): Promise<number[]> {
  const took: number[] = []
  for (const { tripId, seats } of terminal.leases) {
    for (const { seatLabel, tickets } of seats) {
      const { toSequence } = tickets[took.length % tickets.length]!
      const began = performance.now()
      await terminal.sell({ tripId, seatLabel, toSequence, passengerName: `Passenger ${took.length + 1}` })
      took.push(performance.now() - began)
      outage(took.length)
    }
  }
  return took
}

async function main(): Promise<void> {
  const options = { offline: { type: 'string', default: '500' }, company: { type: 'string', default: '' } } as const
  const { values } = optionsOf(USAGE, { options })
  const wanted = Number(values.offline)
  if (!(wanted > 0)) throw new RangeError(`--offline ${values.offline} is no number of sales`)
  const company = counterCompany(values.company)
  const clients: Tms[] = []
  try {
    const manager = await signedIn(company, 'manager')
    const agent = await signedIn(company, 'agent')
    clients.push(manager, agent)
    await play(manager, agent, wanted)
  } finally {
    for (const tms of clients) tms.close()
  }
}

async function play(manager: Tms, agent: Tms, wanted: number): Promise<void> {
  const { stopId, stopName, tripIds } = await busiestStation(manager)
  const deviceId = manager.newId()
  const name = `Counter at ${stopName}`.slice(0, 80)
  const { enrolmentCode } = await manager.pointOfSale.createPosDevice({ deviceId, name, stationStopId: stopId })
  const folder = join('.tms', 'pos', deviceId)
  mkdirSync(folder, { recursive: true })
  const network = networkWithOutages(agent)
  const { profile } = await agent.auth.getProfile({})
  const terminal = await PosTerminal.open(network.tms, {
    store: await fileStore(folder),
    agentUserId: profile?.userId ?? '',
    backoff: { firstWaitMs: 100, longestWaitMs: 1_000 },
  })
  try {
    await terminal.enrol(enrolmentCode)
    console.log(`${name} is enrolled; its journal is in ${folder}`)
    const seats = await borrow(terminal, tripIds, wanted)
    console.log(`${seats} seats are borrowed of the coming trips`)
    await terminal.openShift(ZERO)
    terminal.start()
    network.cut()
    // Every so often the network comes back for a moment, and goes again.
    const took = await sellAll(terminal, (sold) => {
      if (sold % 50 === 25) network.restore()
      if (sold % 50 === 35) network.cut()
    })
    console.log(`${took.length} seats are sold; ${terminal.state.unsynced} entries are not sent yet`)
    network.restore()
    const began = performance.now()
    await terminal.flush()
    const { unsynced, quarantined, conflicts } = terminal.state
    console.log(`the rest was sent in ${Math.round(performance.now() - began)} ms`)
    await terminal.closeShift({ currencyCode: 'RWF', units: 0n })
    await terminal.flush()
    took.sort((a, b) => a - b)
    const middle = took[Math.floor(took.length / 2)] ?? 0
    const summary = { sales: took.length, ms_per_sale: Math.round(middle * 100) / 100, cuts: network.cuts() }
    const fault = await terminal.verify()
    console.log(
      JSON.stringify({ ...summary, unsynced, quarantined, conflicts: conflicts.length, journal: fault ?? 'whole' }),
    )
  } finally {
    network.restore()
    await terminal.close()
  }
}

await run(main)
