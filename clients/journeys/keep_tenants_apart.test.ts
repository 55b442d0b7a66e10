import { Code } from '@connectrpc/connect'
import { expect } from 'vitest'
import { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import { FleetService } from '#gen/tms/company/v1/fleet_service_pb.ts'
import { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import { PricingService } from '#gen/tms/company/v1/pricing_service_pb.ts'
import { PlanningService } from '#gen/tms/company/v1/planning_service_pb.ts'
import { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import { NotificationService } from '#gen/tms/notification/v1/notification_service_pb.ts'
import { ExchangeRateService } from '#gen/tms/payment/v1/exchange_rate_service_pb.ts'
import { PaybillService } from '#gen/tms/payment/v1/paybill_service_pb.ts'
import { TillService } from '#gen/tms/payment/v1/till_service_pb.ts'
import { LedgerService } from '#gen/tms/payment/v1/ledger_service_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { PayoutService } from '#gen/tms/payment/v1/payout_service_pb.ts'
import { ReconciliationService } from '#gen/tms/payment/v1/reconciliation_service_pb.ts'
import { RefundService } from '#gen/tms/payment/v1/refund_service_pb.ts'
import { QrService } from '#gen/tms/qr/v1/qr_service_pb.ts'
import { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import { BookingChangeService } from '#gen/tms/ticketing/v1/booking_change_service_pb.ts'
import { BoardingService } from '#gen/tms/ticketing/v1/boarding_service_pb.ts'
import { LuggageService } from '#gen/tms/ticketing/v1/luggage_service_pb.ts'
import { DispatchService } from '#gen/tms/ticketing/v1/dispatch_service_pb.ts'
import { FeedService } from '#gen/tms/tracking/v1/feed_service_pb.ts'
import { PointOfSaleService } from '#gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import { PromotionService } from '#gen/tms/ticketing/v1/promotion_service_pb.ts'
import { DisruptionService } from '#gen/tms/ticketing/v1/disruption_service_pb.ts'
import { SupervisionService } from '#gen/tms/tracking/v1/supervision_service_pb.ts'
import { TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import { ShiftService } from '#gen/tms/ticketing/v1/shift_service_pb.ts'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import { placements, type Suite } from '#kit/testing'
import { loadServices, serviceNames } from '../../services/roster.ts'
import type { Outcome } from './testing/contract/call.ts'
import { type Rpc, rpcsOf } from './testing/contract/rpcs.ts'
import { isFault, tallyOf } from './testing/contract/tally.ts'
import type { Tree } from './testing/contract/tree.ts'
import type { Attempt, Kind } from './testing/tenancy/attempts.ts'
import { atBoarding, atLuggage } from './testing/tenancy/boarding.ts'
import { checksums } from './testing/tenancy/books.ts'
import {
  atFeed,
  atLedger,
  atPayout,
  atReconciliation,
  atRefund,
  atSupervision,
  atTracking,
} from './testing/tenancy/office.ts'
import { atAuth, atNotification, atTenant } from './testing/tenancy/people.ts'
import { atFleet, atNetwork, atPlanning, atPricing, atTimetable } from './testing/tenancy/planning.ts'
import {
  atBookingChange,
  atDispatch,
  atDisruption,
  atExchangeRate,
  atPaybill,
  atPayment,
  atPointOfSale,
  atPromotion,
  atQr,
  atTicketing,
} from './testing/tenancy/selling.ts'
import { atShift, atTill } from './testing/tenancy/tills.ts'
import { tracesIn, tracesOf } from './testing/tenancy/traces.ts'
import { type Caller, callerAs } from './testing/world/callers.ts'
import { outsideWorld } from './testing/world/outside.ts'
import { type Everything, twoCompanies } from './testing/world/two_companies.ts'

const services = await loadServices(serviceNames.filter((name) => name !== 'gateway'))
const rpcs = rpcsOf(services)

/** What is tried, by the full names of the services. */
const tables: Readonly<Record<string, (theirs: Everything, ours: Everything) => Readonly<Record<string, Attempt>>>> = {
  [AuthService.typeName]: atAuth,
  [TenantService.typeName]: atTenant,
  [FleetService.typeName]: atFleet,
  [NetworkService.typeName]: atNetwork,
  [TimetableService.typeName]: atTimetable,
  [PlanningService.typeName]: atPlanning,
  [PaymentService.typeName]: atPayment,
  [ExchangeRateService.typeName]: atExchangeRate,
  [PaybillService.typeName]: atPaybill,
  [PayoutService.typeName]: atPayout,
  [RefundService.typeName]: atRefund,
  [LedgerService.typeName]: atLedger,
  [ReconciliationService.typeName]: atReconciliation,
  [TrackingService.typeName]: atTracking,
  [SupervisionService.typeName]: atSupervision,
  [FeedService.typeName]: atFeed,
  [QrService.typeName]: atQr,
  [TicketingService.typeName]: atTicketing,
  [DispatchService.typeName]: atDispatch,
  [BookingChangeService.typeName]: atBookingChange,
  [BoardingService.typeName]: atBoarding,
  [LuggageService.typeName]: atLuggage,
  [PointOfSaleService.typeName]: atPointOfSale,
  [PromotionService.typeName]: atPromotion,
  [PricingService.typeName]: atPricing,
  [ShiftService.typeName]: atShift,
  [TillService.typeName]: atTill,
  [DisruptionService.typeName]: atDisruption,
  [NotificationService.typeName]: atNotification,
}

/** Those that look come first: what is changed by those that follow would be missed. */
const ORDER: readonly Kind[] = ['listed', 'unknown', 'hidden', 'anybody', 'platform', 'refused', 'own', 'beside']

type Try = { readonly rpc: Rpc; readonly kind: Kind; readonly as: 'manager' | 'passenger'; readonly request: Tree }

/** One try for each request of the tables; an RPC that is in none is a fault of this test. */
function triesOf(theirs: Everything, ours: Everything): Try[] {
  const tries = rpcs.flatMap((rpc) => {
    const attempt = tables[rpc.method.parent.typeName]?.(theirs, ours)[rpc.method.localName]
    if (!attempt) throw new Error(`${rpc.name} is not tried: add it to tenancy/`)
    if (attempt.kind === 'service') return []
    const { kind, as, requests } = attempt
    return requests.map((request) => ({ rpc, kind, as, request }))
  })
  return tries.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind))
}

placements(
  'a company gets nothing of another by any RPC, and changes nothing of it [S4-16][S4-20]',
  services,
  async (suite) => {
    const { one: theirs, other: ours } = await twoCompanies(suite)
    const callers = await callersOf(suite, ours)
    const before = await booksOf(suite, theirs)
    const tally = tallyOf('one company at the rows of another')
    const tries = triesOf(theirs, ours)
    const wrong = await vacuous(suite, theirs, tries)
    for (const one of tries) {
      const outcome = await callers[one.as](one.rpc, one.request)
      tally.count(outcome)
      const traces = tracesOf(theirs, one.kind === 'anybody' ? 'private' : 'all')
      const leaked = tracesIn(outcome, traces, one.rpc, one.request)
      if (leaked.length > 0) wrong.push(`${one.rpc.name} (${one.kind}) shows ${leaked.join(', ')}`)
      const fault = faultOf(one, outcome, ours)
      if (fault) wrong.push(`${one.rpc.name} (${one.kind}): ${fault}`)
    }
    await suite.settle()
    console.info(tally.toString())
    expect(wrong).toEqual([])
    expect(await booksOf(suite, theirs)).toEqual(before)
  },
  { outside: outsideWorld, sendTwice: false, timeoutMs: 60_000 },
)

/** RPCs that show not even their owners what is asked for: then it says nothing that others do not get it. */
async function vacuous(suite: Suite, theirs: Everything, tries: readonly Try[]): Promise<string[]> {
  const owners = await callersOf(suite, theirs)
  const seen = new Map<string, boolean>()
  for (const { rpc, kind, as, request } of tries) {
    if (kind !== 'hidden' && kind !== 'listed' && kind !== 'unknown') continue
    const outcome = await owners[as](rpc, request)
    const shows =
      outcome.answer !== undefined && (kind === 'unknown' || tracesIn(outcome, tracesOf(theirs), rpc, {}).length > 0)
    seen.set(rpc.name, shows || seen.get(rpc.name) === true)
  }
  return [...seen].filter(([, shows]) => !shows).map(([name]) => `${name} shows its owner nothing`)
}

async function callersOf(suite: Suite, company: Everything): Promise<Record<'manager' | 'passenger', Caller>> {
  return { manager: await callerAs(suite, company.manager), passenger: await callerAs(suite, company.passenger) }
}

/** Every row of every service that is a company's, or has to do with its people. */
async function booksOf(suite: Suite, company: Everything): Promise<Record<string, string>> {
  const owner = { tenantId: company.tenantId, traces: tracesOf(company) }
  const books = await Promise.all(services.map(({ name }) => checksums(suite, name, owner)))
  return Object.fromEntries(books.flatMap((sums) => [...sums]))
}

/** What is wrong with how a try ended, apart from what it shows; undefined when nothing is. */
function faultOf({ rpc, kind, request }: Try, outcome: Outcome, ours: Everything): string | undefined {
  const { refusal } = outcome
  if (isFault(outcome)) return `failed: ${refusal?.message ?? ''}`
  const isDenied = refusal?.code === Code.NotFound || refusal?.code === Code.PermissionDenied
  switch (kind) {
    case 'unknown':
    case 'refused':
      return isDenied ? undefined : `came to ${refusal?.message ?? 'an answer'}`
    case 'platform':
      return refusal?.code === Code.PermissionDenied ? undefined : `came to ${refusal?.message ?? 'an answer'}`
    case 'listed':
      if (refusal) return refusal.message
      return tracesIn(outcome, tracesOf(ours), rpc, request).length > 0 ? undefined : 'does not even list our own'
    case 'own':
      return refusal?.message
    case 'hidden':
    case 'anybody':
    case 'beside':
      return undefined
  }
}
