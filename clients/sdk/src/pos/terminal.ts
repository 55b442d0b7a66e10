import type { MessageInitShape } from '@bufbuild/protobuf'
import type { Client } from '@connectrpc/connect'
import type { LeaseSeatsRequestSchema } from '../../../../gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import { PointOfSaleService } from '../../../../gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import type { SeatLease } from '../../../../gen/tms/ticketing/v1/point_of_sale_pb.ts'
import { QrService } from '../../../../gen/tms/qr/v1/qr_service_pb.ts'
import type { TmsCore } from '../core.ts'
import type { Backoff } from '../driver/faults.ts'
import { newId } from '../ids.ts'
import { type Boarding, checkTicket, type TicketHistory, type TicketVerdict } from '../tickets/index.ts'
import { Background } from './background.ts'
import { type ChainFault, type DeviceKey, signEnrolment, verifyChain } from './chain.ts'
import { type Detail, Journal } from './journal.ts'
import { LeaseBook, priceFor, type Sellable, type Traveller } from './leases.ts'
import type { PosStore } from './store.ts'
import { Sender } from './sync.ts'
import { SaleRefusedError, type SoldTicket, type TerminalState } from './terminal_state.ts'
import { TicketKeyring } from './ticket_keyring.ts'

/** What a terminal needs of a client of the suite. */
export type PosTms = Pick<TmsCore, 'client'>

/** How a terminal behaves. */
export type TerminalOptions = {
  readonly store: PosStore
  /** Who is signed in. */
  readonly agentUserId: string
  /** Something of the state changed. */
  readonly onChange?: (state: TerminalState) => void
  /** The device's clock. */
  readonly now?: () => Date
  readonly backoff?: Partial<Backoff>
}

/** What is sold. */
export type SaleInput = {
  /** Chosen when the agent begins, and kept by the page: after a reload the same sale is not made twice. */
  readonly saleId?: string
  readonly tripId: string
  readonly seatLabel: string
  /** Where the passenger gets off; the last stop that the lease has when left out. */
  readonly toSequence?: number
  readonly passengerName: string
  /** Who travels: some pay less, and some more. */
  readonly traveller?: Traveller
  readonly phone?: string
  readonly language?: 'en' | 'rw' | 'fr' | 'sw'
}

/** Tickets can be printed again for so long. */
const REMEMBERED_MS = 7 * 86_400_000

type MoneyInit = { readonly currencyCode: string; readonly units: bigint; readonly nanos?: number }

/**
 * A device at a counter. What it does is signed and on disk before it is told, whether there is a network or not, and sent
 * in the background until the server has all of it.
 */
export class PosTerminal {
  readonly #store: PosStore
  readonly #options: TerminalOptions
  readonly #client: Client<typeof PointOfSaleService>
  readonly #qr: Client<typeof QrService>
  readonly #key: DeviceKey
  readonly #journal: Journal
  readonly #leases: LeaseBook
  readonly #sales = new Map<string, SoldTicket>()
  readonly #selling = new Map<string, Promise<SoldTicket>>()
  readonly #keyring: TicketKeyring
  readonly #background: Background
  #sender: Sender | undefined
  #deviceId: string
  #shiftId: string | undefined

  private constructor(tms: PosTms, options: TerminalOptions, parts: Parts) {
    this.#store = options.store
    this.#options = options
    this.#client = tms.client(PointOfSaleService)
    this.#qr = tms.client(QrService)
    this.#key = parts.key
    this.#journal = parts.journal
    this.#leases = parts.leases
    this.#deviceId = parts.deviceId
    this.#keyring = parts.keyring
    this.#background = new Background({
      backoff: { firstWaitMs: 1_000, longestWaitMs: 60_000, ...options.backoff },
      send: (signal) =>
        this.#sender?.send(
          () => this.#wall().getTime(),
          () => this.#changed(),
          signal,
        ),
      isUnsent: () => this.state.unsynced > 0,
      onChange: () => this.#changed(),
    })
  }

  /** Opens a device from its store, and reads what it did: also in mid-sale nothing is lost, and nothing done twice. */
  static async open(tms: PosTms, options: TerminalOptions): Promise<PosTerminal> {
    const { store } = options
    const key = await store.key()
    const journal = await Journal.open(store, key)
    const leases = LeaseBook.read(await store.note('leases'))
    const deviceId = (await store.note('device')) ?? ''
    const keyring = await TicketKeyring.open(store)
    const terminal = new PosTerminal(tms, options, { key, journal, leases, keyring, deviceId })
    await terminal.#replay()
    if (deviceId !== '') terminal.#sender = await Sender.open(store, terminal.#client, deviceId)
    return terminal
  }

  get state(): TerminalState {
    const { quarantined, conflicts } = this.#sender?.progress ?? { quarantined: [], conflicts: [] }
    return {
      ...this.#background.state,
      deviceId: this.#deviceId,
      shiftId: this.#shiftId,
      journalLength: this.#journal.sequence,
      unsynced: this.#sender?.unsynced(this.#journal.sequence) ?? this.#journal.sequence,
      quarantined: quarantined.length,
      conflicts,
    }
  }

  /** Seats that can be sold without asking anybody. */
  get leases(): SeatLease[] {
    return this.#leases.open
  }

  /** Binds this device to the account that the office has made for it. */
  async enrol(enrolmentCode: string): Promise<void> {
    const proof = await signEnrolment(this.#key, enrolmentCode)
    const { device } = await this.#client.enrolPosDevice({ enrolmentCode, publicKey: this.#key.publicKey, proof })
    this.#deviceId = device?.deviceId ?? ''
    await this.#store.setNote('device', this.#deviceId)
    this.#sender = await Sender.open(this.#store, this.#client, this.#deviceId)
    await this.refreshKeys()
    this.#changed()
  }

  /** Fetches the keys by which tickets are checked without a network. */
  refreshKeys(): Promise<void> {
    return this.#keyring.refresh(this.#qr)
  }

  /** Whether a code is a good ticket, told without a network. */
  checkTicket(code: string, boarding: Omit<Boarding, 'now'>, history: TicketHistory): Promise<TicketVerdict> {
    return checkTicket(code, this.#keyring.keys, { ...boarding, now: this.#now() }, history)
  }

  /** Borrows seats; they are this device's until the lease ends. Needs the network. */
  async lease(request: Omit<MessageInitShape<typeof LeaseSeatsRequestSchema>, '$typeName'>): Promise<SeatLease> {
    const leaseId = request.leaseId ?? newId()
    const { lease } = await this.#client.leaseSeats({ ...request, leaseId, deviceId: this.#deviceId })
    if (!lease) throw new Error('the answer has no lease')
    this.#leases.add(lease)
    this.#leases.forget(new Date(this.#now().getTime() - REMEMBERED_MS))
    await this.#store.setNote('leases', this.#leases.toText())
    this.#changed()
    return lease
  }

  /** Makes all leases last longer. Needs the network. */
  async renewLeases(): Promise<void> {
    const { leases } = await this.#client.renewLeases({ deviceId: this.#deviceId })
    for (const lease of leases) this.#leases.update(lease)
    const lasting = new Set(leases.map(({ leaseId }) => leaseId))
    for (const { leaseId } of this.#leases.open) if (!lasting.has(leaseId)) this.#leases.drop(leaseId)
    await this.#store.setNote('leases', this.#leases.toText())
    this.#changed()
  }

  /** Gives back what is not sold, after all that was sold has been sent. Needs the network. */
  async returnSeats(leaseId: string, seatLabels: readonly string[] = []): Promise<void> {
    await this.flush()
    await this.#client.returnSeats({ leaseId, seatLabels: [...seatLabels] })
    this.#leases.drop(leaseId, seatLabels.length > 0 ? seatLabels : undefined)
    await this.#store.setNote('leases', this.#leases.toText())
    this.#changed()
  }

  /** Begins a shift with money in the drawer. */
  async openShift(float: MoneyInit, shiftId: string = newId()): Promise<string> {
    this.#shiftId = shiftId
    await this.#append({ case: 'shiftOpen', value: { float } })
    return shiftId
  }

  /** Ends the shift with the money that was counted. */
  async closeShift(counted: MoneyInit): Promise<void> {
    await this.#append({ case: 'shiftClose', value: { counted } })
    this.#shiftId = undefined
    this.#changed()
  }

  /**
   * Sells a leased seat. When it resolves, the sale is on disk and the ticket may be printed; a sale of an id that the
   * journal has is not made again.
   *
   * @throws {SaleRefusedError} when the device may not sell that, or its clock was moved
   */
  sell(input: SaleInput): Promise<SoldTicket> {
    const saleId = input.saleId ?? newId()
    const before = this.#sales.get(saleId)
    if (before) return Promise.resolve(before)
    // A second press of the button, while the first is being written down.
    const begun = this.#selling.get(saleId)
    if (begun) return begun
    const selling = this.#sell(saleId, input).finally(() => this.#selling.delete(saleId))
    this.#selling.set(saleId, selling)
    return selling
  }

  async #sell(saleId: string, input: SaleInput): Promise<SoldTicket> {
    const found = this.#leases.find(input.tripId, input.seatLabel, input.toSequence, this.#now())
    const { lease, seat, ticket } = found
    const { leaseId, tripId } = lease
    const { seatLabel } = seat
    const { passengerName, traveller, phone = '', language = 'en' } = input
    const price = priceFor(ticket, traveller)
    // Before it is on disk, so that nobody else here sells the seat meanwhile.
    this.#leases.markSold(leaseId, seatLabel)
    try {
      await this.#append({
        case: 'sale',
        value: {
          ...{ saleId, leaseId, tripId, seatLabel, passengerName, phone, language },
          ticketId: ticket.ticketId,
          fromSequence: lease.origin?.sequence ?? 0,
          toSequence: ticket.toSequence,
          ...traveller,
          ...(price && { price }),
        },
      })
    } catch (err) {
      this.#leases.unmarkSold(leaseId, seatLabel)
      throw err
    }
    const sold = soldTicket(saleId, found, price)
    this.#sales.set(saleId, sold)
    return sold
  }

  /** A sale of this device, as the passenger was given it; undefined when its journal has none, or its lease is forgotten. */
  sale(saleId: string): SoldTicket | undefined {
    return this.#sales.get(saleId)
  }

  /** Takes a sale of this shift back: a slip of the keys. */
  async void(saleId: string, reason: string): Promise<void> {
    if (!this.#sales.has(saleId)) throw new SaleRefusedError('NO_SUCH_SALE', 'this device has made no such sale')
    await this.#append({ case: 'void', value: { voidId: newId(), saleId, reason } })
  }

  /** Gives a passenger money back. */
  refund(saleId: string, amount: MoneyInit, reason: string): Promise<void> {
    return this.#append({ case: 'refund', value: { refundId: newId(), saleId, amount, reason } })
  }

  /** Pays something from the drawer. */
  expense(category: string, amount: MoneyInit, more: { receipt?: string; note?: string } = {}): Promise<void> {
    return this.#append({ case: 'expense', value: { expenseId: newId(), category, amount, ...more } })
  }

  /** Brings money from the drawer to a bank or a safe. */
  dropCash(amount: MoneyInit, destination: string): Promise<void> {
    return this.#append({ case: 'cashDrop', value: { dropId: newId(), amount, destination } })
  }

  /** The first fault of the journal on this device; undefined when it is as the device wrote it. */
  verify(): Promise<ChainFault | undefined> {
    return verifyChain(this.#deviceId, this.#key.publicKey, this.#journal.entries())
  }

  /** Begins to send in the background. */
  start(): void {
    this.#background.start()
  }

  /** Tries at once, as when the device says that it is online again. */
  retryNow(): void {
    this.#background.hurry()
  }

  /** Sends all that there is, now. @throws when the network or the server does not let it */
  flush(): Promise<void> {
    return this.#background.flush()
  }

  /** Stops sending and lets go of the device; what is not sent stays in the store. */
  async close(): Promise<void> {
    await this.#background.stop()
    await this.#store.close()
  }

  async #append(detail: Detail): Promise<void> {
    if (this.#shiftId === undefined) throw new SaleRefusedError('NO_SHIFT', 'open a shift first')
    const author = { deviceId: this.#deviceId, shiftId: this.#shiftId, agentUserId: this.#options.agentUserId }
    await this.#journal.append(author, detail, this.#now())
    this.#changed()
    this.#background.hurry()
  }

  /** What the journal says of shift, seats and sales. */
  async #replay(): Promise<void> {
    for await (const { detail, shiftId } of this.#journal.read()) {
      if (detail.case === 'shiftOpen') this.#shiftId = shiftId
      if (detail.case === 'shiftClose') this.#shiftId = undefined
      if (detail.case !== 'sale') continue
      const { saleId, leaseId, seatLabel, ticketId, price } = detail.value
      this.#leases.markSold(leaseId, seatLabel)
      const found = this.#leases.ticketOf(leaseId, seatLabel, ticketId)
      if (found) this.#sales.set(saleId, soldTicket(saleId, found, price))
    }
  }

  #wall(): Date {
    return this.#options.now?.() ?? new Date()
  }

  /** Our clock, set right by what the server's said last. */
  #now(): Date {
    return new Date(this.#wall().getTime() + this.#background.state.clockOffsetMs)
  }

  #changed(): void {
    this.#options.onChange?.(this.state)
  }
}

type Parts = {
  readonly key: DeviceKey
  readonly journal: Journal
  readonly leases: LeaseBook
  readonly keyring: TicketKeyring
  readonly deviceId: string
}

function soldTicket(saleId: string, { lease, seat, ticket }: Sellable, price: Sellable['ticket']['price']): SoldTicket {
  const { currencyCode = '', units = 0n, nanos = 0 } = price ?? {}
  const { bookingCode, seatLabel } = seat
  return { saleId, bookingCode, seatLabel, code: ticket.code, price: { currencyCode, units, nanos }, lease }
}
