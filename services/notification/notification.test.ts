import { reasonOf } from '#kit'
import { placements, type Suite } from '#kit/testing'
import { CodePurpose } from '#gen/tms/auth/v1/code_pb.ts'
import { CodeRequestedSchema } from '#gen/tms/auth/v1/events_pb.ts'
import { Channel, Delivery_State as State } from '#gen/tms/notification/v1/delivery_pb.ts'
import { DeliveryFailedSchema } from '#gen/tms/notification/v1/events_pb.ts'
import { NotificationService } from '#gen/tms/notification/v1/notification_service_pb.ts'
import { MemberInvitedSchema } from '#gen/tms/tenant/v1/events_pb.ts'
import { CancelCause } from '#gen/tms/ticketing/v1/cancel_cause_pb.ts'
import {
  BookingCancelledSchema,
  SeatsLost_Resolution,
  SeatsLostSchema,
  TicketIssuedSchema,
} from '#gen/tms/ticketing/v1/events_pb.ts'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import jsqr from 'jsqr'
import { PNG } from 'pngjs'
import { expect, vi } from 'vitest'
import notification from './service.ts'
import { startAgain } from './testing/second_host.ts'
import { alice, id, issued, notice, outsideWorld, sell, staff, tenantId } from './testing/world.ts'

type World = Awaited<ReturnType<typeof outsideWorld>>

/** A rule about messages, shown against the sandbox in both placements. */
function rule(
  title: string,
  body: (suite: Suite, sandbox: World['sandbox'], env: World['env']) => Promise<void>,
): void {
  placements<World>(title, [notification], (suite, { sandbox, env }) => body(suite, sandbox, env), {
    outside: outsideWorld,
  })
}

const refund = { currencyCode: 'RWF', units: 8100n }
const booking = { tenantId, bookingId: id(), bookingCode: 'K7QM2RXP', notice }

async function refusalOf(call: Promise<unknown>): Promise<string | undefined> {
  return call.then(
    () => undefined,
    (err: unknown) => reasonOf(err),
  )
}

rule(
  'a ticket sold is one SMS with trip, seats and bus, told by the stream of ticketing [S1-35] [S1-37] [S1-48] [S2-40] [S2-42] [S2-53]',
  async (suite, sandbox) => {
    await sell(suite)
    const { bus } = suite
    const stream = bus.streamOf('ticketing')
    const { state } = await bus.manager.streams.info(stream, { subjects_filter: '>' })
    const subject = bus.subjectOf(TicketIssuedSchema.typeName, tenantId)
    expect(state.subjects).toMatchObject({ [subject]: 1 })
    const consumers = await bus.manager.consumers.list(stream).next()
    const filter = bus.filterOf(TicketIssuedSchema.typeName)
    const reader = consumers.find(({ config }) => config.filter_subject === filter)
    expect(reader).toMatchObject({ num_pending: 0, num_ack_pending: 0, delivered: { consumer_seq: 1 } })
    expect(sandbox.messages(alice.phone)).toMatchObject([
      {
        text: 'Ikivu Coaches K7QM2RXP: Nyabugogo - Huye, Fri 20/11 14:00. Seats 3A, 3B. Bus RAC 123 A. Ticket: https://tms.rw/t/K7QM2RXP',
        encoding: 'GSM-7',
        segments: 1,
      },
    ])
  },
)

rule('a ticket sold is one mail with a QR code for each passenger [S1-36] [S1-37] [S2-43]', async (suite, sandbox) => {
  await sell(suite)
  const mails = sandbox.mails(alice.email)
  expect(mails).toHaveLength(1)
  const [mail] = mails
  expect(mail).toMatchObject({
    from: 'TMS <tickets@tms.rw>',
    subject: 'Your ticket Nyabugogo - Huye, Friday 20 November 2026, 14:00',
  })
  expect(mail?.text).toContain('Seats: 3A, 3B\nBus: RAC 123 A\nPaid: RWF 9,000')
  expect(mail?.html).toContain('<img src="cid:ticket-1"')
  const codes = mail?.attachments.map(({ content }) => {
    const { data, width, height } = PNG.sync.read(content)
    return jsqr.default(new Uint8ClampedArray(data), width, height)?.data
  })
  expect(codes).toEqual(['TMS1:AAAA', 'TMS1:BBBB'])
  const [row] = await suite.sql('notification')<
    { id: string }[]
  >`select delivery_id as id from delivery where channel = 'EMAIL'`
  expect(mail?.messageId).toBe(`<${row?.id}@tms.rw>`)
})

rule('a passenger without a mail address gets no mail', async (suite, sandbox) => {
  await sell(suite, { email: '' })
  expect([sandbox.messages().length, sandbox.mails().length]).toEqual([1, 0])
})

rule('passengers read their own language [S3-37] [S3-38] [S3-39]', async (suite, sandbox) => {
  for (const language of ['en', 'rw', 'fr', 'sw']) await sell(suite, { language, email: '' })
  const texts = sandbox.messages(alice.phone).map(({ text }) => text)
  expect(texts.map((text) => /Ticket:|Itike:|Billet :|Tiketi:/.exec(text)?.[0])).toEqual([
    'Tiketi:',
    'Billet :',
    'Itike:',
    'Ticket:',
  ])
  expect(sandbox.messages().every((sms) => sms.encoding === 'GSM-7' && sms.segments === 1)).toBe(true)
})

rule('a one-time code is sent at once, and not kept', async (suite, sandbox) => {
  const expireTime = timestampFromDate(new Date(suite.clock.now().getTime() + 600_000))
  const code = {
    codeId: id(),
    phone: alice.phone,
    code: '482913',
    purpose: CodePurpose.LOG_IN,
    language: 'sw',
    expireTime,
  }
  await suite.publish(CodeRequestedSchema, code.codeId, code)
  await suite.publish(CodeRequestedSchema, code.codeId, {
    ...code,
    ...{ phone: '', email: alice.email, code: '615243', purpose: CodePurpose.RESET_PASSWORD },
  })
  await suite.settle()
  expect(sandbox.messages().map(({ text }) => text)).toEqual(['482913 ni msimbo wako wa TMS. Usimpe mtu yeyote.'])
  expect(sandbox.mails(alice.email)[0]?.text).toContain('Msimbo: 615243')
  const kept = await suite.sql('notification')`select * from delivery`
  expect(kept).toHaveLength(2)
  expect(JSON.stringify(kept)).not.toMatch(/482913|615243/)
})

rule('a code that has run out is not sent any more', async (suite, sandbox) => {
  const expireTime = timestampFromDate(suite.clock.now())
  await suite.publish(CodeRequestedSchema, id(), { phone: alice.phone, code: '482913', language: 'en', expireTime })
  await suite.settle()
  expect(sandbox.messages()).toEqual([])
  expect(await suite.published(DeliveryFailedSchema)).toMatchObject([{ template: 'one-time-code', reason: 'expired' }])
})

rule('whoever is invited gets a link that only they have', async (suite, sandbox) => {
  const invited = { tenantId, invitationId: id(), tenantName: 'Ikivu Coaches', role: 'driver', token: 'abc123' }
  const expireTime = timestampFromDate(new Date('2026-11-27T06:00:00Z'))
  await suite.publish(MemberInvitedSchema, invited.invitationId, {
    ...invited,
    phone: alice.phone,
    language: 'rw',
    expireTime,
  })
  await suite.settle()
  expect(sandbox.messages()[0]?.text).toBe(
    'Ikivu Coaches iragutumira gukorana nayo kuri TMS nka umushoferi. Emeza: https://tms.rw/invitations/abc123',
  )
  expect(JSON.stringify(await suite.sql('notification')`select * from delivery`)).not.toContain('abc123')
})

rule('a cancelled booking tells what is paid back; a cancelled trip says so [S2-41]', async (suite, sandbox) => {
  await suite.publish(BookingCancelledSchema, booking.bookingId, { ...booking, cause: CancelCause.PASSENGER, refund })
  await suite.publish(BookingCancelledSchema, id(), { ...booking, cause: CancelCause.TRIP, refund })
  await suite.settle()
  const texts = sandbox.messages(alice.phone).map(({ text }) => text)
  expect(texts.sort()).toEqual([
    'Ikivu Coaches: booking K7QM2RXP Nyabugogo - Huye, Fri 20/11 14:00 is cancelled. We refund RWF 8,100 to the account you paid from.',
    'Ikivu Coaches: sorry, the bus Nyabugogo - Huye, Fri 20/11 14:00 will not run. Booking K7QM2RXP is cancelled. We refund RWF 8,100 to the account you paid from.',
  ])
})

rule(
  'money that came too late is announced once: as a refund, or with the tickets for other seats',
  async (suite, sandbox) => {
    await suite.publish(SeatsLostSchema, booking.bookingId, {
      ...booking,
      resolution: SeatsLost_Resolution.REFUNDED,
      refund,
    })
    await suite.publish(SeatsLostSchema, id(), { ...booking, resolution: SeatsLost_Resolution.RESEATED })
    await sell(suite, { reseated: true })
    const texts = sandbox.messages(alice.phone).map(({ text }) => text)
    expect(texts).toHaveLength(2)
    expect(texts.join('\n')).toMatch(/payment came too late and the seats are gone\. We refund RWF 8,100/)
    expect(texts.join('\n')).toMatch(/you paid late, so your seats have changed\. .* Seats 3A, 3B\./)
  },
)

rule('stopped, a ticket sold, started again: the message is sent, once [S1-34]', async (suite, sandbox, env) => {
  await suite.host.stop()
  await suite.publish(TicketIssuedSchema, issued.bookingId, issued)
  const again = await startAgain(suite, env)
  await sandbox.phone(alice.phone).nextMessage('K7QM2RXP', 15_000)
  await sandbox.until(() => (sandbox.mails(alice.email).length > 0 ? true : undefined), 15_000)
  await again.stop()
  expect([sandbox.messages().length, sandbox.mails().length]).toEqual([1, 1])
})

rule(
  'a consumer killed before its acknowledgement hears the event again, and sends nothing again',
  async (suite, sandbox, env) => {
    await sell(suite)
    await suite.host.stop()
    const { manager, streamOf, durableOf } = suite.bus
    await manager.consumers.delete(streamOf('ticketing'), durableOf('notification', 'send-tickets'))
    const again = await startAgain(suite, env)
    const consumers = [...again.runtimes.values()].flatMap(({ subscriptions }) => subscriptions)
    await vi.waitUntil(async () => (await Promise.all(consumers.map((one) => one.idle()))).every(Boolean))
    await again.stop()
    expect([sandbox.messages().length, sandbox.mails().length]).toEqual([1, 1])
  },
)

rule('a process that dies between commit and sending: the next one sends, once', async (suite, sandbox) => {
  sandbox.scenario({ smsOutage: '503' })
  await sell(suite, { email: '' })
  sandbox.scenario({ smsOutage: 'none' })
  // As a process leaves it that queued the message and died.
  await suite.sql('notification')`update delivery set next_attempt_time = create_time, attempt_count = 0`
  await Promise.all([suite.runJob('notification', 'send-due'), suite.runJob('notification', 'send-due')])
  await suite.settle()
  expect(sandbox.messages()).toHaveLength(1)
})

rule('while the provider is down messages wait, then go out in their time', async (suite, sandbox) => {
  sandbox.scenario({ smsOutage: '503', mailOutage: 'busy' })
  await sell(suite)
  expect((await staff(suite).listDeliveries({})).deliveries).toMatchObject([
    { state: State.QUEUED, failureReason: '451', attemptCount: 1 },
    { state: State.QUEUED, failureReason: 'http-503', attemptCount: 1 },
  ])
  await suite.runJob('notification', 'send-due')
  expect(sandbox.requests('/messaging')).toHaveLength(1)
  await suite.advance({ seconds: 5 })
  expect(sandbox.requests('/messaging')).toHaveLength(2)
  sandbox.scenario({ smsOutage: 'none', mailOutage: 'none' })
  await suite.advance({ seconds: 30 })
  expect([sandbox.messages().length, sandbox.mails().length]).toEqual([1, 1])
})

rule(
  'a message that is refused for good has failed, and others are told without names or numbers',
  async (suite, sandbox) => {
    const blacklisted = '+250788000002'
    await sell(suite, { phone: blacklisted, email: 'bounce@example.rw' })
    expect([sandbox.messages().length, sandbox.mails().length]).toEqual([0, 0])
    const events = await suite.published(DeliveryFailedSchema)
    expect(events.map(({ reason, reference }) => [reason, reference]).sort()).toEqual([
      ['550', 'K7QM2RXP'],
      ['UserInBlacklist', 'K7QM2RXP'],
    ])
    expect(JSON.stringify(events, (_, value: unknown) => String(value))).not.toMatch(/0788|example\.rw/)
    await suite.advance({ hours: 2 })
    expect(sandbox.requests('/messaging')).toHaveLength(1)
  },
)

rule('an address that is more than one address is refused', async (suite, sandbox) => {
  await sell(suite, { phone: '', email: 'alice@example.rw, all@example.rw' })
  expect(sandbox.mails()).toEqual([])
  expect(await suite.published(DeliveryFailedSchema)).toMatchObject([{ channel: Channel.EMAIL, reason: 'address' }])
})

rule('a hundred bookings at once: a hundred messages, none twice', async (suite, sandbox) => {
  const phones = Array.from({ length: 100 }, (_, i) => `+25078811${String(i + 1000)}`)
  await Promise.all(phones.map((phone) => suite.publish(TicketIssuedSchema, id(), { ...issued, phone, email: '' })))
  await suite.settle()
  const reached = sandbox.messages().map(({ to }) => `+${to}`)
  expect(reached.sort()).toEqual(phones)
})

rule('staff see the messages of their company, newest first, with recipients masked', async (suite) => {
  await sell(suite)
  await sell(suite, { tenantId: id() })
  const list = await staff(suite).listDeliveries({})
  expect(list.deliveries).toMatchObject([
    { channel: Channel.EMAIL, maskedRecipient: 'a•••@example.rw', template: 'ticket-issued', state: State.SENT },
    { channel: Channel.SMS, maskedRecipient: '+2507•••••11', reference: 'K7QM2RXP', language: 'en', attemptCount: 1 },
  ])
  expect((await staff(suite, id()).listDeliveries({})).deliveries).toEqual([])

  const first = await staff(suite).listDeliveries({ pageSize: 1 })
  const rest = await staff(suite).listDeliveries({ pageSize: 5, pageToken: first.nextPageToken })
  expect([...first.deliveries, ...rest.deliveries]).toEqual(list.deliveries)
  expect(rest.nextPageToken).toBe('')

  const count = async (filter: object) => (await staff(suite).listDeliveries(filter)).deliveries.length
  expect(
    await count({ channel: Channel.SMS, state: State.SENT, template: 'ticket-issued', reference: 'k7qm2rxp' }),
  ).toBe(1)
  expect(await count({ reference: 'XXXX' })).toBe(0)

  const { deliveryId = '' } = list.deliveries[1] ?? {}
  expect((await staff(suite).getDelivery({ deliveryId })).text).toContain('Seats 3A, 3B')
  expect(await refusalOf(staff(suite, id()).getDelivery({ deliveryId }))).toBe('DELIVERY_UNKNOWN')
})

rule('staff send a message again, as a new one, however often they press the button', async (suite, sandbox) => {
  await sell(suite, { email: '' })
  const [first] = (await staff(suite).listDeliveries({})).deliveries
  const request = { deliveryId: first?.deliveryId ?? '', idempotencyKey: id() }
  const { delivery } = await staff(suite).resendDelivery(request)
  expect(delivery).toMatchObject({ state: State.QUEUED, resendOfDeliveryId: first?.deliveryId })
  await suite.settle()
  expect(sandbox.messages().map(({ text }) => text)).toEqual(Array(2).fill(sandbox.messages()[0]?.text))
  expect(await refusalOf(staff(suite, id()).resendDelivery({ ...request, idempotencyKey: id() }))).toBe(
    'DELIVERY_UNKNOWN',
  )
})

rule('a message on its way, or one whose text is not kept, is not sent again', async (suite, sandbox) => {
  sandbox.scenario({ smsOutage: '503' })
  await sell(suite, { email: '' })
  const again = async () => {
    const [newest] = (await staff(suite).listDeliveries({})).deliveries
    return refusalOf(staff(suite).resendDelivery({ deliveryId: newest?.deliveryId ?? '', idempotencyKey: id() }))
  }
  expect(await again()).toBe('DELIVERY_UNDER_WAY')

  sandbox.scenario({ smsOutage: 'none' })
  suite.clock.advance({ seconds: 1 })
  const expireTime = timestampFromDate(new Date('2026-11-27T06:00:00Z'))
  await suite.publish(MemberInvitedSchema, id(), {
    tenantId,
    phone: alice.phone,
    token: 'abc123',
    language: 'en',
    expireTime,
  })
  await suite.settle()
  expect(await again()).toBe('TEXT_NOT_KEPT')
})

rule('texts and recipients are forgotten after a while, not that something was sent', async (suite) => {
  await sell(suite)
  await suite.advance({ days: 89 })
  expect(await suite.sql('notification')`select 1 from delivery where recipient is null`).toHaveLength(0)
  await suite.advance({ days: 2 })
  const kept = await suite.sql('notification')`select * from delivery`
  expect(kept).toHaveLength(2)
  expect(JSON.stringify(kept)).not.toMatch(/0788000111|alice@|Huye|TMS1/)
  const [newest] = (await staff(suite).listDeliveries({})).deliveries
  expect((await staff(suite).getDelivery({ deliveryId: newest?.deliveryId ?? '' })).text).toBe('')
})

rule('staff see every kind of message and how it reads', async (suite) => {
  const { templates } = await staff(suite).listTemplates({})
  expect(templates.length).toBeGreaterThan(5)
  expect(templates.every(({ languages, channels }) => languages.length === 4 && channels.length === 2)).toBe(true)
  const first = await staff(suite).listTemplates({ pageSize: 2 })
  const rest = await staff(suite).listTemplates({ pageToken: first.nextPageToken })
  expect([...first.templates, ...rest.templates]).toEqual(templates)

  const ask = { template: 'one-time-code', language: 'fr-RW', values: { code: '000000' } }
  const sms = await staff(suite).previewTemplate({ ...ask, channel: Channel.SMS })
  expect(sms.preview).toMatchObject({
    text: '000000 est votre code TMS. Ne le donnez à personne.',
    segments: 1,
    gsm7: true,
  })
  const mail = await staff(suite).previewTemplate({ ...ask, channel: Channel.EMAIL })
  expect(mail.preview).toMatchObject({ subject: 'Votre code TMS', segments: 0 })
  const none = staff(suite).previewTemplate({ ...ask, template: 'none', channel: Channel.SMS })
  expect(await refusalOf(none)).toBe('TEMPLATE_UNKNOWN')
})

rule('only staff read messages, only the gateway brings reports', async (suite) => {
  const passenger = suite.client(NotificationService, { userId: id(), tenantId, permissions: ['ticketing.*'] })
  expect(await refusalOf(passenger.listDeliveries({}))).toBe('PERMISSION_MISSING')
  expect(await refusalOf(staff(suite).receiveDeliveryReport({ provider: 'africastalking' }))).toBe('AUDIENCE_MISMATCH')
})
