import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Client } from '@connectrpc/connect'
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { Suite, Who } from '#kit/testing'
import { AgeGroup } from '#gen/tms/company/v1/sales_terms_pb.ts'
import { type LeasedSeat, JournalEntrySchema, type SeatLease } from '#gen/tms/ticketing/v1/point_of_sale_pb.ts'
import { PointOfSaleService } from '#gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import { type Company, newId } from './network.ts'

/** A client of the counters' service. */
export type Counter = Client<typeof PointOfSaleService>

/** Somebody who sells at the stations of a company. */
export const agent = (tenantId: string): Who => ({
  userId: newId(),
  tenantId,
  permissions: ['ticketing.pos.operate', 'ticketing.sales.create', 'ticketing.tickets.board', 'qr.tickets.verify'],
})

/** Somebody who looks after the devices of a company. */
export const manager = (tenantId: string): Who => ({
  userId: newId(),
  tenantId,
  permissions: [
    'ticketing.pos.manage',
    'ticketing.pos.operate',
    'ticketing.sales.create',
    'ticketing.bookings.read',
    'ticketing.sales.read',
    'payment.reports.read',
    'payment.ledger.read',
  ],
})

/** What an entry says; the device adds the rest. */
export type DetailInit = NonNullable<MessageInitShape<typeof JournalEntrySchema>['detail']>

/** How an entry differs from what the device would write. */
export type Forgery = {
  readonly sequence?: bigint
  readonly previousHash?: Uint8Array
  readonly deviceId?: string
  readonly time?: Date
  readonly key?: KeyObject
}

/** An entry as it is sent. */
export type SentInit = { body: Uint8Array; signature: Uint8Array }

const NO_HASH = new Uint8Array(32)

/** A device as a test holds it: it keeps its keys and writes its journal, honestly or not. */
export class TestDevice {
  readonly deviceId: string
  readonly agentUserId: string
  readonly publicKey: Uint8Array
  readonly #privateKey: KeyObject
  readonly #clock: () => Date
  readonly journal: SentInit[] = []
  shiftId = newId()
  #sequence = 0n
  #hash: Uint8Array = NO_HASH

  constructor(deviceId: string, agentUserId: string, clock: () => Date) {
    const pair = generateKeyPairSync('ed25519')
    this.deviceId = deviceId
    this.agentUserId = agentUserId
    this.publicKey = pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
    this.#privateKey = pair.privateKey
    this.#clock = clock
  }

  /** What shows that it has the private half of its key. */
  proofFor(enrolmentCode: string): Uint8Array {
    return sign(null, Buffer.from(`TMSE1:${enrolmentCode.replaceAll('-', '')}`), this.#privateKey)
  }

  /** Writes an entry; what it is forged with stands in it, and the next entry follows it. */
  write(detail: DetailInit, forged: Forgery = {}): SentInit {
    const sequence = forged.sequence ?? this.#sequence + 1n
    const body = toBinary(
      JournalEntrySchema,
      create(JournalEntrySchema, {
        deviceId: forged.deviceId ?? this.deviceId,
        sequence,
        previousHash: forged.previousHash ?? this.#hash,
        deviceTime: timestampFromDate(forged.time ?? this.#clock()),
        shiftId: this.shiftId,
        agentUserId: this.agentUserId,
        detail,
      }),
    )
    const signature = sign(null, Buffer.concat([Buffer.from('TMSJ1:'), body]), forged.key ?? this.#privateKey)
    this.#sequence = sequence
    this.#hash = createHash('sha256').update(body).digest()
    const entry = { body, signature }
    this.journal.push(entry)
    return entry
  }

  /** Sells a seat of a lease. Answers the sale's id; the entry is the journal's last. */
  sell(lease: SeatLease, seat: LeasedSeat, sale: SaleInit = {}, forged: Forgery = {}): string {
    const ticket = seat.tickets.find((one) => one.toSequence === sale.toSequence) ?? seat.tickets.at(-1)!
    const saleId = sale.saleId ?? newId()
    this.write(
      {
        case: 'sale',
        value: {
          saleId,
          leaseId: lease.leaseId,
          ticketId: ticket.ticketId,
          tripId: lease.tripId,
          fromSequence: lease.origin?.sequence ?? 0,
          toSequence: ticket.toSequence,
          seatLabel: seat.seatLabel,
          passengerName: sale.passengerName ?? `Passenger of ${seat.seatLabel}`,
          phone: sale.phone ?? '',
          language: 'rw',
          price: sale.price ?? ticket.price!,
          ageGroup: sale.ageGroup ?? AgeGroup.UNSPECIFIED,
        },
      },
      forged,
    )
    return saleId
  }
}

/** What a sale differs in from the whole ride at the tariff's price. */
export type SaleInit = {
  readonly saleId?: string
  readonly toSequence?: number
  readonly passengerName?: string
  readonly phone?: string
  readonly price?: { currencyCode: string; units: bigint }
  readonly ageGroup?: AgeGroup
}

/** A device of a company's first stop that is enrolled, and a client of its agent. */
export async function enrolledDevice(
  suite: Suite,
  company: Pick<Company, 'tenantId'> & Partial<Pick<Company, 'stops'>>,
  options: { readonly stationStopId?: string; readonly name?: string } = {},
): Promise<{ device: TestDevice; counter: Counter; office: Counter; who: Who }> {
  const who = agent(company.tenantId)
  const office = suite.client(PointOfSaleService, manager(company.tenantId))
  const counter = suite.client(PointOfSaleService, who)
  const device = new TestDevice(newId(), who.userId!, () => suite.clock.now())
  const { enrolmentCode } = await office.createPosDevice({
    deviceId: device.deviceId,
    name: options.name ?? 'Counter 1',
    stationStopId: options.stationStopId ?? company.stops![0]!.stopId,
  })
  await counter.enrolPosDevice({
    enrolmentCode,
    publicKey: device.publicKey,
    proof: device.proofFor(enrolmentCode),
  })
  return { device, counter, office, who }
}

/** Seats of a trip, lent to a device. */
export async function leased(
  counter: Counter,
  device: TestDevice,
  tripId: string,
  seats: readonly string[] | number,
): Promise<SeatLease> {
  const { lease } = await counter.leaseSeats({
    leaseId: newId(),
    deviceId: device.deviceId,
    tripId,
    ...(typeof seats === 'number' ? { seatCount: seats } : { seatLabels: [...seats] }),
  })
  return lease!
}
