import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { expect } from 'vitest'
import { AccountKind } from '#gen/tms/payment/v1/ledger_pb.ts'
import { LedgerService } from '#gen/tms/payment/v1/ledger_service_pb.ts'
import { Method } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { Payee_Kind } from '#gen/tms/payment/v1/payout_pb.ts'
import { PayoutService } from '#gen/tms/payment/v1/payout_service_pb.ts'
import { RefundService } from '#gen/tms/payment/v1/refund_service_pb.ts'
import type { Booking } from '#gen/tms/ticketing/v1/booking_pb.ts'
import { AlertEffect } from '#gen/tms/tracking/v1/alert_pb.ts'
import { FeedService } from '#gen/tms/tracking/v1/feed_service_pb.ts'
import { SupervisionService } from '#gen/tms/tracking/v1/supervision_service_pb.ts'
import { TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import type { Suite } from '#kit/testing'
import { admin, type Company, id } from './companies.ts'

const francs = (units: bigint) => ({ currencyCode: 'RWF', units })

/** What an office does with a company's money: it is owed something, has somebody to pay, gives a little back. */
export async function keepBooks(suite: Suite, { manager, tenantId, facts }: Company, ridden: Booking) {
  const [payeeId, payoutId, refundId] = [id(), id(), id()]
  const platform = suite.client(LedgerService, admin)
  const debit = { kind: AccountKind.BANK, holder: 'bank', currencyCode: 'RWF' }
  const credit = { kind: AccountKind.TENANT_PAYABLE, holder: tenantId, currencyCode: 'RWF' }
  const transfer = { debit, credit, amount: francs(9_000n) }
  await platform.postAdjustment({ adjustmentId: id(), transfer, reason: 'opening balance' })
  const payouts = suite.client(PayoutService, manager)
  const colleague = suite.client(PayoutService, { ...manager, userId: id() })
  const account = { method: Method.MPESA, account: facts.phones.manager }
  await payouts.createPayee({ payeeId, kind: Payee_Kind.COMPANY, displayName: `${facts.name} account`, ...account })
  await colleague.decidePayeeAccount({ accountId: payeeId, approve: true, idempotencyKey: id() })
  const size = { case: 'amount', value: francs(1_000n) } as const
  await payouts.createPayout({ payoutId, payeeId, size, remark: 'weekly payout' })
  const { paymentIntentId } = ridden
  await suite
    .client(RefundService, manager)
    .createRefund({ refundId, paymentIntentId, amount: francs(100n), reason: 'cold bus' })
  return { payeeId, payoutId, refundId }
}

/** A device in the company's bus that says where it is, and a word to the driver. */
export async function trackBus(suite: Suite, { manager, busId, tripId, facts }: Company) {
  const [deviceKeyId, messageId, geofenceId, alertId] = [id(), id(), id(), id()]
  const tracking = suite.client(TrackingService, manager)
  const { secret } = await tracking.createDeviceKey({ deviceKeyId, busId, name: `${facts.name} box` })
  await suite.client(SupervisionService, manager).createGeofence({ geofenceId, settings: yardOf(facts.name) })
  const feeds = suite.client(FeedService, manager)
  await feeds.createAlert({ alertId, content: closureOf(facts.name) })
  await feeds.setVehicleFeed({ url: `http://127.0.0.1:9/${facts.slug}` })
  const now = suite.clock.now().getTime()
  // Where no other company of a journey is, so that a position tells whose it is.
  const latitudeDegrees = -1.9 - facts.name.length / 1_000
  const place = { latitudeDegrees, longitudeDegrees: 30.05, accuracyMeters: 5, speedMetersPerSecond: 15 }
  await suite.client(TrackingService).reportPositions({
    open: { recordingId: id(), sender: { case: 'deviceKey', value: secret } },
    report: { positions: [{ sequence: 1n, sampleTime: timestampFromMs(now), ...place }] },
  })
  // Acknowledged is what is in history; the map follows within moments.
  await expect.poll(async () => (await tracking.listBusLocations({})).locations).toHaveLength(1)
  await tracking.sendDriverMessage({ messageId, tripId, text: `${facts.name} waits at the gate` })
  return { deviceKeyId, messageId, geofenceId, alertId, deviceSecret: secret, latitude: latitudeDegrees.toFixed(3) }
}

/** A fence around a company's yard. */
export function yardOf(name: string) {
  const circle = { center: { latitudeDegrees: -1.95, longitudeDegrees: 30.05 }, radiusMeters: 200 }
  return { name: `${name} yard`, shape: { shape: { case: 'circle' as const, value: circle } } }
}

/** A word to all passengers of a company. */
export function closureOf(name: string) {
  const header = [{ language: 'en', text: `${name} goes around the closed road` }]
  return { subjects: [{ subject: { case: 'company' as const, value: true } }], effect: AlertEffect.DETOUR, header }
}
