import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { AccountKind } from '#gen/tms/payment/v1/ledger_pb.ts'
import type { LedgerService } from '#gen/tms/payment/v1/ledger_service_pb.ts'
import { Method } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { Payee_Kind } from '#gen/tms/payment/v1/payout_pb.ts'
import type { PayoutService } from '#gen/tms/payment/v1/payout_service_pb.ts'
import type { ReconciliationService } from '#gen/tms/payment/v1/reconciliation_service_pb.ts'
import { Resolution } from '#gen/tms/payment/v1/reconciliation_pb.ts'
import type { RefundService } from '#gen/tms/payment/v1/refund_service_pb.ts'
import type { FeedService } from '#gen/tms/tracking/v1/feed_service_pb.ts'
import type { SupervisionService } from '#gen/tms/tracking/v1/supervision_service_pb.ts'
import type { TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import { PositionFormat } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import { id } from '../world/companies.ts'
import { closureOf, yardOf } from '../world/office.ts'
import {
  anybody,
  type AttemptsAt,
  beside,
  hidden,
  listed,
  passenger,
  platform,
  refused,
  service,
  unknown,
} from './attempts.ts'

/** The day on which suites begin. */
const times = {
  startTime: timestampFromDate(new Date('2026-11-20T00:00:00Z')),
  endTime: timestampFromDate(new Date('2026-11-21T00:00:00Z')),
}

const francs = (units: bigint) => ({ currencyCode: 'RWF', units })

export const atPayout: AttemptsAt<typeof PayoutService> = ({ payeeId, payoutId, phone }, ours) => {
  const account = { method: Method.MPESA, account: ours.facts.phones.manager }
  const key = { idempotencyKey: id() }
  return {
    createPayee: beside({ payeeId, kind: Payee_Kind.COMPANY, displayName: 'Taken over', ...account }),
    changePayeeAccount: refused({ accountId: id(), payeeId, ...account, account: phone }),
    decidePayeeAccount: refused({ accountId: payeeId, approve: true, ...key }),
    getPayee: unknown({ payeeId }),
    listPayees: listed({}),
    quotePayout: unknown({ payeeId, currencyCode: 'RWF' }),
    createPayout: refused({
      payoutId: id(),
      payeeId,
      size: { case: 'amount', value: francs(1n) },
      remark: 'rivalry',
    }),
    approvePayout: refused({ payoutId, ...key }),
    rejectPayout: refused({ payoutId, ...key, reason: 'rivalry' }),
    cancelPayout: refused({ payoutId, ...key }),
    getPayout: unknown({ payoutId }),
    listPayouts: listed({}),
  }
}

export const atRefund: AttemptsAt<typeof RefundService> = ({ ridden, refundId }) => ({
  createRefund: refused({
    refundId: id(),
    paymentIntentId: ridden.paymentIntentId,
    amount: francs(1n),
    reason: 'rivalry',
  }),
  decideRefund: refused({ refundId, approve: true, idempotencyKey: id() }),
  getRefund: unknown({ refundId }),
  listRefunds: listed({}),
})

export const atLedger: AttemptsAt<typeof LedgerService> = ({ tenantId }, ours) => {
  const account = { kind: AccountKind.TENANT_PAYABLE, holder: tenantId, currencyCode: 'RWF' }
  const credit = { ...account, holder: ours.tenantId }
  const transfer = { debit: account, credit, amount: francs(1n) }
  const adjustment = { adjustmentId: id(), reason: 'rivalry' }
  return {
    listAccounts: listed({}),
    getAccountBalance: unknown({ account }),
    getAccountStatement: unknown({ account, ...times }),
    exportAccountStatement: unknown({ account, ...times }),
    listPlatformAccounts: platform({}),
    getPlatformAccountBalance: platform({ account }),
    getPlatformAccountStatement: platform({ account, ...times }),
    setAccountLimits: platform({ account, idempotencyKey: id() }),
    postAdjustment: platform({ ...adjustment, transfer }),
    reverseEntry: platform({ ...adjustment, entryId: id() }),
    decideAdjustment: platform({ adjustmentId: id(), approve: true, idempotencyKey: id() }),
    listAdjustments: platform({}),
    createFeeRule: platform({}),
    endFeeRule: platform({ feeRuleId: id() }),
    listFeeRules: platform({}),
    postTransfer: service,
    createPendingTransfer: service,
    postPendingTransfer: service,
    voidPendingTransfer: service,
  }
}

export const atReconciliation: AttemptsAt<typeof ReconciliationService> = () => {
  const [reconciliationId, breakId] = [id(), id()]
  const decision = { idempotencyKey: id(), breakId }
  return {
    startReconciliation: platform({ reconciliationId, provider: 'mpesa' }),
    uploadSettlementPart: platform({ reconciliationId, partNumber: 1, content: new Uint8Array([1]) }),
    runReconciliation: platform({ reconciliationId, partCount: 1 }),
    getReconciliation: platform({ reconciliationId }),
    listReconciliations: platform({}),
    listBreaks: platform({}),
    getBreak: platform({ breakId }),
    assignBreak: platform({ breakId, ownerUserId: id() }),
    resolveBreak: platform({ ...decision, resolution: Resolution.NO_CHANGE, reason: 'rivalry' }),
    decideResolution: platform({ ...decision, approve: true }),
  }
}

export const atTracking: AttemptsAt<typeof TrackingService> = (theirs) => {
  const { busId, tripId, deviceKeyId } = theirs
  const open = { recordingId: id(), sender: { case: 'tripId', value: tripId } } as const
  const position = { sequence: 1n, sampleTime: times.startTime, latitudeDegrees: -1.95, longitudeDegrees: 30.05 }
  const selection = { of: { case: 'busId', value: busId }, ...times } as const
  return {
    streamPositions: refused({ frame: { case: 'open', value: open } }),
    reportPositions: refused({ open, report: { positions: [{ ...position }] } }),
    watchTrip: passenger.unknown({ tripId }),
    getLiveEndpoint: anybody({}),
    listBusLocations: listed({}),
    listPositions: hidden({ selection }),
    // Of a stream the first message is looked at: here the head of a file, which names nobody.
    exportPositions: beside({ selection, format: PositionFormat.CSV }),
    replayPositions: hidden({ selection, speed: 100 }),
    createDeviceKey: refused({ deviceKeyId: id(), busId, name: 'rivalry' }),
    listDeviceKeys: listed({}),
    revokeDeviceKey: refused({ deviceKeyId }),
    sendDriverMessage: refused({ messageId: id(), tripId, text: 'turn back' }),
    listDriverMessages: unknown({ tripId }),
    getTripArrivals: unknown({ tripId }),
    getTripWay: unknown({ tripId }),
    setRealtimeFeed: beside({ published: false }),
    getRealtimeFeed: service,
    setReportInterval: refused({ busId, reportInterval: { seconds: 10n, nanos: 0 } }),
  }
}

export const atSupervision: AttemptsAt<typeof SupervisionService> = ({ geofenceId, tripId }) => ({
  createGeofence: beside({ geofenceId, settings: yardOf('Taken over') }),
  updateGeofence: refused({ geofenceId, settings: yardOf('Taken over') }),
  // What is not there is deleted already.
  deleteGeofence: beside({ geofenceId }),
  listGeofences: listed({}),
  listDriverScores: refused({ tripId }),
})

export const atFeed: AttemptsAt<typeof FeedService> = ({ alertId }) => ({
  createAlert: beside({ alertId, content: closureOf('Taken over') }),
  endAlert: refused({ alertId }),
  listAlerts: listed({}),
  setVehicleFeed: beside({ url: '' }),
  getVehicleFeed: listed({}),
})
