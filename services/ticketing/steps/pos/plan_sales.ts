import type { Ctx } from '../../context.ts'
import type { Finding } from '../../domain/pos/audit.ts'
import type { Entry, EntryResult, SaleDetail } from '../../domain/pos/entry.ts'
import type { TermsByVersion } from '../../domain/pos/offer.ts'
import { type BackedSale, type LeasedSeat, lentFor, outcomeOfLent, seatFor } from '../../domain/pos/plan_sale.ts'
import type { Ride, RideForSale, SeatClass } from '../../domain/ride.ts'
import type { CounterSale } from '../../store/pos/counter_sales.ts'
import type { Device } from '../../store/pos/devices.ts'
import { leasedSeats } from '../../store/pos/leased_seats.ts'
import { knownSales } from '../../store/pos/known_sales.ts'
import { readRide, ridesOf } from '../../store/rides.ts'
import { freeSeatsFor } from '../../store/sales.ts'
import { termsByVersion } from '../../store/sales_terms.ts'
import { type JudgedPrice, judgePrice } from './judge_price.ts'
import { counterCode, payloadOf, signAll } from './plan_lease.ts'

/** What is to be written of a sale. */
export type PlannedSale = {
  readonly entry: Entry
  /** Where its seat comes from: the device's lease, the shared stock, or nowhere. */
  readonly from: 'LENT' | 'FREE' | 'NOWHERE'
  readonly sale: CounterSale
  readonly ride: Ride
  readonly soldSeatLabel: string
  readonly result: EntryResult
  /** What is wrong with its price. */
  readonly finding: Finding | undefined
}

/** Sales as they can be written, and what is wrong with them. */
export type SalesPlan = {
  readonly planned: readonly PlannedSale[]
  /** Of sales that could be written all the same. */
  readonly doubtful: readonly Finding[]
  /** Of sales that cannot be written, by the number of their entry. */
  readonly impossible: ReadonlyMap<number, Finding>
}

/** A sale whose seat is not kept for it any more, and where it could sit. */
type Seeking = BackedSale & { readonly ride: RideForSale; readonly seatClass: SeatClass | undefined }

/** A sale whose seat is kept for it. */
type Kept = BackedSale & { readonly lent: NonNullable<BackedSale['lent']> }

/**
 * Works out where the passengers of some sales sit, and has tickets signed for those who get another seat. Writes nothing:
 * what it finds may be gone when it is written, and then it is worked out anew.
 */
export async function planSales(ctx: Ctx, device: Device, entries: readonly Entry[]): Promise<SalesPlan> {
  const sales = entries.flatMap((entry) => (entry.detail.kind === 'SALE' ? [{ entry, sale: entry.detail }] : []))
  if (sales.length === 0) return { planned: [], doubtful: [], impossible: new Map() }
  const known = await knownSales(
    ctx.db.system,
    sales.map(({ sale }) => sale),
  )
  const lent = await lentTo(ctx, device, sales)
  const impossible = new Map<number, Finding>()
  const kept: Kept[] = []
  const seeking: Seeking[] = []
  const taken = new Set<string>()
  for (const one of lent) {
    const { entry, sale, lent: backing } = one
    const fault = (detail: string) => impossible.set(entry.sequence, { reason: 'MALFORMED', detail })
    if (known.saleIds.has(sale.saleId) || taken.has(sale.saleId)) {
      fault(`entry ${entry.sequence} sells ${sale.saleId}, which was sold before`)
      continue
    }
    taken.add(sale.saleId)
    if (backing?.seat.open && !taken.has(keyOf(backing.seat))) {
      taken.add(keyOf(backing.seat))
      kept.push({ ...one, lent: backing })
      continue
    }
    const found = await seek(ctx, device, one)
    if (found) seeking.push(found)
    else fault(`entry ${entry.sequence} is for a ride that the company does not sell`)
  }
  const terms = await termsOffered(ctx, device, lent)
  const planned = [
    ...(await planKept(ctx, kept, terms)),
    ...(await planSeeking(ctx, device, seeking, known.ticketIds, terms)),
  ]
  return { planned, doubtful: planned.flatMap(({ finding }) => finding ?? []), impossible }
}

/** The terms that the tickets of some sales were offered under. */
function termsOffered(ctx: Ctx, { tenantId }: Device, lent: readonly BackedSale[]): Promise<TermsByVersion> {
  const tickets = lent.flatMap(({ lent: backing }) => backing?.ticket ?? [])
  const offers = tickets.flatMap(({ offer, former }) => [offer, ...former])
  // All rows: what is on sale is public.
  return termsByVersion(
    ctx.db.system,
    tenantId,
    offers.map(({ termsVersion }) => termsVersion),
  )
}

const keyOf = ({ leaseId, seatLabel }: LeasedSeat) => `${leaseId}/${seatLabel}`

async function lentTo(
  ctx: Ctx,
  { deviceId }: Device,
  sales: readonly { readonly entry: Entry; readonly sale: SaleDetail }[],
): Promise<BackedSale[]> {
  // All rows: a lease is compared with its device.
  const seats = await leasedSeats(
    ctx.db.system,
    sales.map(({ sale }) => sale),
  )
  const byName = new Map(seats.map((seat) => [keyOf(seat), seat]))
  return sales.map(({ entry, sale }) => ({
    entry,
    sale,
    lent: lentFor(deviceId, sale, byName.get(`${sale.leaseId}/${sale.seatLabel}`)),
  }))
}

/** Undefined when there is no such ride of the device's company, or it cannot be paid in that currency. */
async function seek(ctx: Ctx, device: Device, one: BackedSale): Promise<Seeking | undefined> {
  const { tripId, fromSequence: from, toSequence: to, seatLabel, price } = one.sale
  // All rows: what is on sale is public; whose it is, is compared.
  const ride = await readRide(ctx.db.system, tripId, { from, to }, [seatLabel])
  const { origin, destination } = ride ?? {}
  const good = ride?.trip.tenantId === device.tenantId && ride.trip.currency === price.currency
  if (!ride || !origin || !destination || !good) return undefined
  const seatClass = one.lent?.seat.seatClass ?? ride.seats[0]?.seatClass
  return { ...one, ride: { ...ride, origin, destination }, seatClass }
}

async function planKept(ctx: Ctx, kept: readonly Kept[], terms: TermsByVersion): Promise<PlannedSale[]> {
  const partKey = ({ tripId, fromSequence, toSequence }: SaleDetail) => `${tripId}/${fromSequence}/${toSequence}`
  const parts = new Map(kept.map(({ sale }) => [partKey(sale), sale]))
  // All rows: the timetable is public.
  const rides = await ridesOf(ctx.db.system, [...parts.values()])
  const rideOf = new Map([...parts.keys()].map((key, i) => [key, rides[i]!]))
  return kept.map((one) => {
    const { entry, sale } = one
    const { seat, ticket } = one.lent
    const ride = rideOf.get(partKey(sale))!
    const judged = judgePrice(one, ride, seat.seatClass, terms)
    const outcome = outcomeOfLent(entry.deviceTime, seat)
    return {
      entry,
      from: 'LENT',
      ride,
      soldSeatLabel: seat.seatLabel,
      finding: judged.finding,
      sale: {
        ...saleOf(entry, sale, ride, judged),
        bookingCode: seat.bookingCode,
        seatLabel: seat.seatLabel,
        seatClass: seat.seatClass,
        leaseId: seat.leaseId,
        claimId: ctx.newId(),
        ticket: { ticketId: ticket.ticketId, code: ticket.code },
      },
      result: {
        sequence: entry.sequence,
        outcome,
        bookingId: sale.saleId,
        bookingCode: seat.bookingCode,
        seatLabel: seat.seatLabel,
        newTicketCode: '',
        reason: outcome === 'SOLD' ? '' : 'sold after its lease was over',
      },
    }
  })
}

function saleOf({ deviceId, deviceTime }: Entry, sale: SaleDetail, { origin }: Ride, judged: JudgedPrice) {
  const { saleId, tripId, fromSequence, toSequence, passengerName, phone, language, price } = sale
  return {
    ...{ saleId, deviceId, tripId, fromSequence, toSequence, passengerName, phone },
    language: language === '' ? 'en' : language,
    departureTime: origin.departureTime,
    currency: price.currency,
    priceMinor: price.minor,
    saleTime: deviceTime,
    ...judged.price,
  }
}

/** One after the other: who comes first has the seat. */
async function planSeeking(
  ctx: Ctx,
  device: Device,
  seeking: readonly Seeking[],
  givenTickets: ReadonlySet<string>,
  terms: TermsByVersion,
): Promise<PlannedSale[]> {
  const now = ctx.clock.now()
  const chosen = new Set<string>()
  const planned: PlannedSale[] = []
  for (const one of seeking) {
    const { entry, sale, ride, lent } = one
    const legs = { from: sale.fromSequence, to: sale.toSequence }
    // All rows: the seats of one trip belong to its one company.
    const free = await freeSeatsFor(ctx.db.system, sale.saleId, sale.tripId, legs, now)
    const found = seatFor(sale.seatLabel, {
      runs: ride.state !== 'CANCELLED',
      left: ride.state === 'ARRIVED' || ride.origin.departureTime <= now,
      free: free.filter(({ label }) => !chosen.has(`${sale.tripId}/${label}`)),
      seatClass: one.seatClass,
    })
    if (found) chosen.add(`${sale.tripId}/${found.seat.label}`)
    // The passenger may keep the ticket that was given out, unless it was made void or somebody else has the same one.
    const keeps =
      found?.outcome === 'ACCEPTED_LATE' && lent && !lent.seat.void && !givenTickets.has(lent.ticket.ticketId)
    const bookingCode = keeps ? lent.seat.bookingCode : counterCode()
    const seatLabel = found?.seat.label ?? ''
    const ticket = keeps
      ? { ticketId: lent.ticket.ticketId, code: lent.ticket.code }
      : found && (await signNew(ctx, device, one, { bookingCode, ...found.seat }))
    const judged = judgePrice(one, ride, one.seatClass, terms)
    planned.push({
      entry,
      from: found ? 'FREE' : 'NOWHERE',
      ride,
      soldSeatLabel: sale.seatLabel,
      finding: judged.finding,
      sale: {
        ...saleOf(entry, sale, ride, judged),
        bookingCode,
        seatLabel: found?.seat.label ?? sale.seatLabel,
        seatClass: found?.seat.seatClass ?? one.seatClass ?? 'STANDARD',
        leaseId: undefined,
        claimId: ctx.newId(),
        ticket,
      },
      result: {
        sequence: entry.sequence,
        outcome: found?.outcome ?? 'REFUND_QUEUED',
        bookingId: sale.saleId,
        bookingCode,
        seatLabel,
        newTicketCode: keeps ? '' : (ticket?.code ?? ''),
        reason: reasonOf(found?.outcome, sale.seatLabel, seatLabel),
      },
    })
  }
  return planned
}

function reasonOf(outcome: string | undefined, sold: string, given: string): string {
  if (outcome === 'ACCEPTED_LATE') return `seat ${sold} was not leased any more, and still free`
  if (outcome === 'RESEATED') return `somebody else has seat ${sold}: the passenger has seat ${given} now`
  return `no seat is left for the passenger of seat ${sold}: pay the money back`
}

async function signNew(
  ctx: Ctx,
  device: Device,
  { ride, sale }: Seeking,
  seat: { readonly bookingCode: string; readonly label: string; readonly seatClass: SeatClass },
): Promise<{ ticketId: string; code: string }> {
  const ticketId = ctx.newId()
  const { toSequence, passengerName } = sale
  const { bookingCode, label: seatLabel, seatClass } = seat
  const ticket = { ticketId, toSequence, passengerName, bookingCode, seatLabel, seatClass }
  const codes = await signAll(ctx, [payloadOf(ctx, device, ride, ticket)])
  const code = codes.get(ticketId)
  if (!code) throw new Error('qr left a ticket unsigned')
  return { ticketId, code }
}
