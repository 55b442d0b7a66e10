import { placements, type Suite } from '#kit/testing'
import { Delivery_State as State } from '#gen/tms/notification/v1/delivery_pb.ts'
import { DeliveryFailedSchema } from '#gen/tms/notification/v1/events_pb.ts'
import { NotificationService } from '#gen/tms/notification/v1/notification_service_pb.ts'
import { CancelCause } from '#gen/tms/ticketing/v1/cancel_cause_pb.ts'
import { BookingCancelledSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { expect, vi } from 'vitest'
import notification from './service.ts'
import { alice, id, notice, outsideWorld, sell, staff, startInbound, tenantId } from './testing/world.ts'

type World = Awaited<ReturnType<typeof outsideWorld>>
type Inbound = Awaited<ReturnType<typeof startInbound>>

/** A rule about what follows a message, with a provider that reports. */
function rule(title: string, body: (suite: Suite, sandbox: World['sandbox'], inbound: Inbound) => Promise<void>): void {
  const play = async (suite: Suite, { sandbox }: World) => {
    const inbound = await startInbound(suite)
    sandbox.reportTo(inbound.url)
    try {
      await body(suite, sandbox, inbound)
    } finally {
      await inbound.stop()
    }
  }
  placements<World>(title, [notification], play, { outside: outsideWorld })
}

const stateOf = async (suite: Suite) => {
  const [newest] = (await staff(suite).listDeliveries({})).deliveries
  return Object.entries(State).find(([, value]) => value === newest?.state)?.[0]
}

/** Waits for so many reports to have been taken in, then lets the job match those that came early. */
async function reported(suite: Suite, inbound: Inbound, count: number): Promise<void> {
  await vi.waitUntil(() => inbound.received() >= count)
  await suite.runJob('notification', 'settle-unknown')
  await suite.settle()
}

rule('a report of arrival ends a message as delivered', async (suite, sandbox, inbound) => {
  await sell(suite, { email: '' })
  await reported(suite, inbound, 1)
  expect(await stateOf(suite)).toBe('DELIVERED')
})

rule('a report of failure ends it as failed, and others are told', async (suite, sandbox, inbound) => {
  sandbox.scenario({ smsReport: 'rejected' })
  await sell(suite, { email: '' })
  await reported(suite, inbound, 1)
  expect(await stateOf(suite)).toBe('FAILED')
  expect(await suite.published(DeliveryFailedSchema)).toMatchObject([{ reason: 'UserAccountSuspended', tenantId }])
})

rule('a report before the answer is kept until its message is known', async (suite, sandbox, inbound) => {
  sandbox.scenario({ smsReportDelayMs: 0 })
  await sell(suite, { email: '' })
  await reported(suite, inbound, 1)
  expect(await stateOf(suite)).toBe('DELIVERED')
})

rule(
  'a report twice, a later word to the contrary, or a foreign one changes nothing',
  async (suite, sandbox, inbound) => {
    await sell(suite, { email: '' })
    await reported(suite, inbound, 1)
    const [sms] = sandbox.messages(alice.phone)
    const report = (form: Record<string, string>, path: { provider?: string; pathToken?: string } = {}) =>
      suite.peer(NotificationService, 'gateway').receiveDeliveryReport({
        ...{ provider: 'africastalking', pathToken: 'sandbox', ...path },
        body: new TextEncoder().encode(new URLSearchParams(form).toString()),
      })
    const contrary = { id: sms?.id ?? '', status: 'Failed', phoneNumber: alice.phone, failureReason: 'DeliveryFailure' }
    expect((await report(contrary)).httpStatus).toBe(200)
    expect((await report({ ...contrary, id: 'ATXid_foreign' })).httpStatus).toBe(200)
    expect((await report({ ...contrary, status: 'Buffered' })).httpStatus).toBe(200)
    expect((await report({})).httpStatus).toBe(400)
    expect((await report(contrary, { pathToken: 'guessed' })).httpStatus).toBe(404)
    expect((await report(contrary, { provider: 'other' })).httpStatus).toBe(404)
    await suite.runJob('notification', 'settle-unknown')
    expect(await stateOf(suite)).toBe('DELIVERED')
    expect(await suite.published(DeliveryFailedSchema)).toEqual([])
  },
)

rule('when the answer is lost, the report settles it and no second copy is sent', async (suite, sandbox, inbound) => {
  sandbox.scenario({ smsOutage: 'lost-answer' })
  await sell(suite, { email: '' })
  expect(await stateOf(suite)).toBe('UNKNOWN')
  sandbox.scenario({ smsOutage: 'none' })
  await reported(suite, inbound, 1)
  expect(await stateOf(suite)).toBe('DELIVERED')
  await suite.advance({ hours: 1 })
  expect(sandbox.messages()).toHaveLength(1)
})

rule(
  'a ticket of unknown fate is sent a second time after ten minutes without a report, never a third',
  async (suite, sandbox) => {
    sandbox.scenario({ smsOutage: 'lost-answer', smsReport: 'none' })
    await sell(suite, { email: '' })
    await suite.advance({ minutes: 9 })
    expect(sandbox.messages()).toHaveLength(1)
    await suite.advance({ minutes: 1 })
    expect(sandbox.messages()).toHaveLength(2)
    await suite.advance({ hours: 1 })
    expect(sandbox.messages()).toHaveLength(2)
    expect(await stateOf(suite)).toBe('UNKNOWN')
  },
)

rule('news of a cancellation of unknown fate is left to staff', async (suite, sandbox) => {
  sandbox.scenario({ smsOutage: 'lost-answer', smsReport: 'none' })
  const cancelled = { tenantId, bookingId: id(), cause: CancelCause.PASSENGER, notice: { ...notice, email: '' } }
  await suite.publish(BookingCancelledSchema, cancelled.bookingId, cancelled)
  await suite.settle()
  await suite.advance({ hours: 3 })
  expect(sandbox.messages()).toHaveLength(1)
  expect(await stateOf(suite)).toBe('UNKNOWN')
})

rule(
  'a sender that dies with a message in hand leaves it unknown; it is not sent again blindly',
  async (suite, sandbox) => {
    sandbox.scenario({ smsReport: 'none' })
    await sell(suite, { email: '' })
    // As a process leaves it that died between the provider's answer and writing it down.
    await suite.sql('notification')`
    update delivery set state = 'SENDING', provider_message_id = null, send_time = null, claim_time = ${suite.clock.now()}`
    await suite.advance({ minutes: 2 })
    expect(await stateOf(suite)).toBe('SENDING')
    await suite.advance({ minutes: 2 })
    expect([await stateOf(suite), sandbox.messages().length]).toEqual(['UNKNOWN', 1])
  },
)
