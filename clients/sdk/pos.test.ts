import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { AgeGroup } from '../../gen/tms/company/v1/sales_terms_pb.ts'
import { QrService } from '../../gen/tms/qr/v1/qr_service_pb.ts'
import { Ticket_State as TicketState } from '../../gen/tms/ticketing/v1/booking_pb.ts'
import { BoardingService } from '../../gen/tms/ticketing/v1/boarding_service_pb.ts'
import { EntryOutcome as Outcome } from '../../gen/tms/ticketing/v1/point_of_sale_pb.ts'
import { TicketingService } from '../../gen/tms/ticketing/v1/ticketing_service_pb.ts'
import { placements } from '../../services/kit/testing/index.ts'
import payment from '../../services/payment/service.ts'
import qr from '../../services/qr/service.ts'
import ticketing from '../../services/ticketing/service.ts'
import { conductor } from '../../services/ticketing/testing/crew.ts'
import { newId } from '../../services/ticketing/testing/network.ts'
import { refusal } from '../../services/ticketing/testing/people.ts'
import { percent, rule, setTerms } from '../../services/ticketing/testing/terms.ts'
import { TicketChecker } from './src/boarding/index.ts'
import { memoryStorage } from './src/node.ts'
import { DeviceBusyError, JournalDamagedError, SaleRefusedError } from './src/pos/node.ts'
import { aCounter } from './testing/counter.ts'

const because = (reason: SaleRefusedError['reason']) => (err: unknown) =>
  err instanceof SaleRefusedError && err.reason === reason

const ZERO = { currencyCode: 'RWF', units: 0n }

placements(
  'a device sells without a network over reloads and cuts: nothing is lost, nothing done twice, what is unsent is shown [S1-66][S2-97]',
  [ticketing, payment, qr],
  async (suite) => {
    const counter = await aCounter(suite)
    const { tripId, network, open } = counter
    try {
      let terminal = await open()
      await terminal.enrol(counter.enrolmentCode)
      await terminal.lease({ tripId, seatLabels: ['3A', '3B', '3C', '3D', '4A'] })
      const sale = { tripId, passengerName: 'Aline' }
      await expect(terminal.sell({ ...sale, seatLabel: '3A' })).rejects.toSatisfy(because('NO_SHIFT'))
      await terminal.openShift(ZERO)

      // Two presses of one button, and a reload in mid-sale: the page asks again for the sale that it began.
      network.state = 'down'
      const saleId = newId()
      const [first, second] = await Promise.all([
        terminal.sell({ ...sale, saleId, seatLabel: '3A' }),
        terminal.sell({ ...sale, saleId, seatLabel: '3A' }),
      ])
      expect(second).toEqual(first)
      await expect(terminal.flush()).rejects.toThrow('the network was cut')
      expect(terminal.state).toMatchObject({ unsynced: 2, phase: 'waiting' })
      // Two tabs, or two programs, of one device: the second is told.
      await expect(open()).rejects.toBeInstanceOf(DeviceBusyError)
      await terminal.close()
      terminal = await open()
      expect(terminal.state).toMatchObject({ unsynced: 2, deviceId: counter.deviceId })
      expect(await terminal.sell({ ...sale, saleId, seatLabel: '3A' })).toEqual(first)
      await expect(terminal.sell({ ...sale, seatLabel: '3A' })).rejects.toSatisfy(because('SEAT_NOT_LEASED'))
      expect(terminal.state.unsynced).toBe(2)

      // The ticket is good at the door before the server has heard of it, and without asking anybody.
      const boarding = { tenantId: counter.company.tenantId, tripId, stopSequence: 0 }
      const seen = { revoked: new Set<string>(), boarded: new Set<string>() }
      expect((await terminal.checkTicket(first.code, boarding, seen)).result).toBe('VALID')
      const forged = `${first.code.slice(0, 60)}${first.code[60] === '0' ? '1' : '0'}${first.code.slice(61)}`
      expect((await terminal.checkTicket(forged, boarding, seen)).result).not.toBe('VALID')

      // Cut in mid-sync: the server has it, the device does not know, and sends it again.
      network.state = 'losing answers'
      await expect(terminal.flush()).rejects.toThrow('the network was cut')
      expect(terminal.state.unsynced).toBe(2)
      await terminal.close()
      terminal = await open()
      network.state = 'up'
      await terminal.sell({ ...sale, seatLabel: '3B' })
      await terminal.flush()
      expect(terminal.state).toMatchObject({ unsynced: 0, phase: 'idle', conflicts: [] })
      const { entries } = await counter.office.listJournalEntries({ deviceId: counter.deviceId })
      expect(entries.map(({ result }) => result?.outcome)).toEqual([Outcome.RECORDED, Outcome.SOLD, Outcome.SOLD])

      // The clock is set back: nothing is written under a time that was over.
      counter.moveClock(-600_000)
      const backwards = terminal.sell({ ...sale, seatLabel: '3C' })
      const stands = await backwards.then(
        () => undefined,
        (err: unknown) => err,
      )
      expect(stands).toBeDefined()
      expect(because('CLOCK_MOVED_BACK')(stands)).toBe(true)
      counter.moveClock(600_000)
      await terminal.sell({ ...sale, seatLabel: '3C' })

      // The lease runs out while it is offline: it sells no more of it.
      network.state = 'down'
      suite.clock.advance({ minutes: 241 })
      await expect(terminal.sell({ ...sale, seatLabel: '3D' })).rejects.toSatisfy(because('LEASE_OVER'))

      // In the background it tries again until the network is back.
      terminal.start()
      network.state = 'up'
      terminal.retryNow()
      await expect.poll(() => terminal.state.unsynced, { timeout: 20_000 }).toBe(0)
      expect(await terminal.verify()).toBeUndefined()
      await terminal.close()
    } finally {
      counter.remove()
    }
  },
  { placements: ['memory'], sendTwice: false, deliveries: 1, timeoutMs: 60_000 },
)

/** Where the bus stands no call gets through. */
const noNetwork = new Proxy({}, { get: () => () => Promise.reject(new Error('there is no network')) })

placements(
  'a ticket that a counter prints without a network is good at the bus, with a network or without, whichever of the two is heard of first',
  [ticketing, payment, qr],
  async (suite) => {
    const counter = await aCounter(suite)
    const { tripId, network, company } = counter
    const { tenantId } = company
    const crew = { ...conductor(tenantId), permissions: ['ticketing.*', 'qr.*'] }
    const tms = { boarding: suite.client(BoardingService, crew), qr: suite.client(QrService, crew) }
    const storage = memoryStorage()
    const checkerWith = (reach: object) =>
      TicketChecker.open({ tms: reach as typeof tms, storage, deviceId: 'door', now: () => suite.clock.now() })
    try {
      await setTerms(suite, tenantId, 1n, {
        priceRules: [rule('child', percent(-5_000), { ageGroups: [AgeGroup.CHILD] })],
      })
      const terminal = await counter.open()
      await terminal.enrol(counter.enrolmentCode)
      const { leaseId } = await terminal.lease({ tripId, seatLabels: ['3A', '3B', '3C', '3D', '4A'] })
      const unsold = terminal.leases[0]!.seats.find(({ seatLabel }) => seatLabel === '3C')!.tickets.at(-1)!.code
      await terminal.openShift(ZERO)
      // In the yard the driver's device reads the manifest: nobody has bought yet.
      await (await checkerWith(tms)).prepare(tripId)

      network.state = 'down'
      const sell = (seatLabel: string, over: object = {}) =>
        terminal.sell({ tripId, seatLabel, passengerName: `Passenger of ${seatLabel}`, ...over })
      const adult = await sell('3A')
      const child = await sell('3B', { traveller: { ageGroup: AgeGroup.CHILD }, toSequence: 2 })
      const third = await sell('4A')
      expect([adult.price.units, child.price.units]).toEqual([3_000n, 1_000n])

      // On the road, without a network on either side.
      const road = await checkerWith({ boarding: noNetwork, qr: noNetwork })
      expect(await road.board(adult.code, 0)).toMatchObject({ result: 'VALID', ticket: { seatLabel: '3A' } })
      expect((await road.board(adult.code, 0)).result).toBe('ALREADY_BOARDED')
      expect((await road.check(child.code, 2)).result).toBe('WRONG_LEG')
      expect((await road.check(child.code, 0)).result).toBe('VALID')
      const at = Math.floor(third.code.length / 2)
      const forged = `${third.code.slice(0, at)}${third.code[at] === '0' ? '1' : '0'}${third.code.slice(at + 1)}`
      expect(['TAMPERED', 'MALFORMED']).toContain((await road.board(forged, 0)).result)

      // The bus is heard of before the counter is: its scan counts, and accuses nobody.
      const uploaded = await (await checkerWith(tms)).upload()
      expect(uploaded).toEqual({ uploaded: 1, conflicts: [] })
      const door = suite.client(TicketingService, crew)
      const scan = (code: string, scanId = newId()) => door.boardTicket({ scanId, tripId, code, stopSequence: 0 })
      const online = await scan(third.code)
      expect(online.entry).toMatchObject({ seatLabel: '4A', bookingCode: third.bookingCode })
      expect(await refusal(scan(third.code))).toBe('ALREADY_BOARDED')
      expect(await refusal(scan(adult.code))).toBe('ALREADY_BOARDED')

      // Then the counter's sales come, and what it has not sold goes back.
      network.state = 'up'
      await terminal.flush()
      expect(terminal.state.conflicts).toEqual([])
      await terminal.returnSeats(leaseId, ['3C'])
      await suite.settle()
      const after = await checkerWith(tms)
      const manifest = await after.prepare(tripId)
      const states = manifest.passengers.map(({ entry }) => [entry?.passengerName, entry?.ticket?.state])
      expect(states).toEqual([
        ['Passenger of 3A', TicketState.BOARDED],
        ['Passenger of 3B', TicketState.ISSUED],
        ['Passenger of 4A', TicketState.BOARDED],
      ])
      expect((await after.check(unsold, 0)).result).toBe('REVOKED')
      expect(await refusal(scan(unsold))).toBe('TICKET_VOID')
      expect(await after.board(child.code, 0)).toMatchObject({
        result: 'VALID',
        passenger: { entry: { passengerName: 'Passenger of 3B' } },
      })
      expect(await after.upload()).toEqual({ uploaded: 1, conflicts: [] })

      // New terms reach the device when it renews its leases.
      await setTerms(suite, tenantId, 2n, { priceRules: [rule('feast', percent(10_000))] })
      await terminal.renewLeases()
      const dear = await sell('3D')
      expect(dear.price.units).toBe(6_000n)
      await terminal.flush()
      expect(terminal.state).toMatchObject({ quarantined: 0, conflicts: [] })
      await terminal.close()
      const reopened = await counter.open()
      expect([reopened.sale(adult.saleId)?.price.units, reopened.sale(dear.saleId)?.price.units]).toEqual([
        3_000n,
        6_000n,
      ])
      await reopened.close()
    } finally {
      counter.remove()
    }
  },
  { placements: ['memory'], sendTwice: false, deliveries: 1, timeoutMs: 60_000 },
)

placements(
  'a journal that somebody edits, shortens or reorders on the device is noticed there and by the server, and a half-written line is cut off [S2-98]',
  [ticketing, payment, qr],
  async (suite) => {
    const counter = await aCounter(suite)
    const { tripId, network, open, folder } = counter
    const file = join(folder, 'journal')
    const lines = () => readFileSync(file, 'utf8').trimEnd().split('\n')
    const tamper = async (change: (lines: string[]) => string[]) => {
      writeFileSync(file, `${change(lines()).join('\n')}\n`)
      const terminal = await open()
      const fault = await terminal.verify()
      await terminal.close()
      return fault
    }
    try {
      const terminal = await open()
      await terminal.enrol(counter.enrolmentCode)
      await terminal.lease({ tripId, seatLabels: ['3A', '3B'] })
      network.state = 'down'
      await terminal.openShift(ZERO)
      await terminal.sell({ tripId, seatLabel: '3A', passengerName: 'Aline' })
      await terminal.sell({ tripId, seatLabel: '3B', passengerName: 'Bosco' })
      await terminal.expense('fuel', { currencyCode: 'RWF', units: 500n })
      await terminal.close()
      const honest = lines()
      expect(honest).toHaveLength(4)

      // A power cut in the middle of a line that was never told to anybody.
      writeFileSync(file, `${honest.join('\n')}\n5 AAAA`)
      const cut = await open()
      expect(cut.state.unsynced).toBe(4)
      expect(await cut.verify()).toBeUndefined()
      await cut.close()
      expect(lines()).toEqual(honest)

      const bodyOf = (line: string) => Buffer.from(line.split(' ')[1]!, 'base64')
      const cheaper = (line: string) => {
        const [number, , signature] = line.split(' ')
        const text = bodyOf(line).toString('latin1').replace('Aline', 'Alina')
        return `${number} ${Buffer.from(text, 'latin1').toString('base64')} ${signature}`
      }
      expect(await tamper(([a, b, ...rest]) => [a!, cheaper(b!), ...rest])).toEqual({ sequence: 2, fault: 'SIGNATURE' })
      writeFileSync(file, `${honest.join('\n')}\n`)
      const renumbered = (line: string, number: number) => `${number} ${line.split(' ').slice(1).join(' ')}`
      expect(await tamper(([a, , c, d]) => [a!, renumbered(c!, 2), renumbered(d!, 3)])).toMatchObject({ sequence: 2 })
      writeFileSync(file, `${honest.join('\n')}\n`)
      expect(await tamper(([a, b, c, d]) => [a!, renumbered(c!, 2), renumbered(b!, 3), d!])).toMatchObject({
        sequence: 2,
      })
      writeFileSync(file, `${[honest[0], honest[2]].join('\n')}\n`)
      await expect(open()).rejects.toBeInstanceOf(JournalDamagedError)

      // What is sent all the same, the server keeps apart, and goes on once a manager has looked.
      writeFileSync(file, `${[honest[0], cheaper(honest[1]!), honest[2], honest[3]].join('\n')}\n`)
      network.state = 'up'
      const sent = await open()
      await sent.flush()
      expect(sent.state).toMatchObject({ unsynced: 0, quarantined: 4 })
      const { quarantines } = await counter.office.listQuarantines({})
      await counter.office.decideQuarantine({
        idempotencyKey: newId(),
        quarantineId: quarantines[0]!.quarantineId,
        release: true,
        note: 'spoken with the agent',
      })
      await sent.flush()
      expect(sent.state).toMatchObject({
        unsynced: 0,
        quarantined: 0,
        conflicts: [{ sequence: 2, outcome: 'REJECTED' }],
      })
      await sent.expense('lunch', { currencyCode: 'RWF', units: 200n })
      await sent.flush()
      expect(sent.state).toMatchObject({ unsynced: 0, quarantined: 0 })
      await sent.close()
    } finally {
      counter.remove()
    }
  },
  { placements: ['memory'], sendTwice: false, deliveries: 1, timeoutMs: 60_000 },
)
