import { newUuidV7 } from '#kit'
import type { Suite } from '#kit/testing'
import { NotificationService } from '#gen/tms/notification/v1/notification_service_pb.ts'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import { TicketIssuedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { startSandbox, type Sandbox } from '../../../deploy/sandbox/index.ts'

/** The sandbox on free ports, and the settings that lead to it. */
export async function outsideWorld(): Promise<{
  sandbox: Sandbox
  env: Record<string, string>
  stop(): Promise<void>
}> {
  const sandbox = await startSandbox({ port: 0, smtpPort: 0 })
  const env = {
    AT_BASE_URL: `${sandbox.baseUrl}/africastalking`,
    SMTP_URL: sandbox.smtpUrl,
    PUBLIC_URL: 'https://tms.rw',
    MAIL_FROM: 'TMS <tickets@tms.rw>',
  }
  return { sandbox, env, stop: () => sandbox.stop() }
}

export const id = () => newUuidV7(Date.now())
export const tenantId = id()
export const alice = { phone: '+250788000111', email: 'alice@example.rw' }
export const departure = timestampFromDate(new Date('2026-11-20T12:00:00Z'))

/** A ride for events that carry a notice. */
export const notice = {
  ...alice,
  companyName: 'Ikivu Coaches',
  language: 'en',
  origin: 'Nyabugogo',
  destination: 'Huye',
  departureTime: departure,
  timeZone: 'Africa/Kigali',
  serviceDate: '2026-11-20',
}

/** Alice's booking was paid. */
export const issued = {
  ...notice,
  tenantId,
  bookingId: id(),
  bookingCode: 'K7QM2RXP',
  busPlate: 'RAC 123 A',
  total: { currencyCode: 'RWF', units: 9000n },
  tickets: [
    { passengerName: 'Alice', seatLabel: '3A', seatClass: SeatClass.STANDARD, code: 'TMS1:AAAA' },
    { passengerName: 'Bob', seatLabel: '3B', seatClass: SeatClass.STANDARD, code: 'TMS1:BBBB' },
  ],
} satisfies MessageInitShape<typeof TicketIssuedSchema>

/** Publishes that a booking's tickets were issued, and waits until every message of it is with the providers. */
export async function sell(suite: Suite, changes: Partial<typeof issued> & { reseated?: boolean } = {}): Promise<void> {
  await suite.publish(TicketIssuedSchema, issued.bookingId, { ...issued, ...changes })
  await suite.settle()
}

/** Somebody of the company who looks after messages. */
export function staff(suite: Suite, company = tenantId) {
  return suite.client(NotificationService, { userId: id(), tenantId: company, permissions: ['notification.*'] })
}

/** Hands on what the provider posts, as the gateway does, and counts it. */
export async function startInbound(suite: Suite) {
  const notification = suite.peer(NotificationService, 'gateway')
  let received = 0
  const server = createServer((req, res) => {
    void text(req).then(async (body) => {
      const [, , , provider = '', pathToken = ''] = (req.url ?? '').split('/')
      const reply = await notification.receiveDeliveryReport({ provider, pathToken, body: Buffer.from(body) })
      received++
      res.writeHead(reply.httpStatus).end(reply.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/inbound/sms/africastalking/sandbox`,
    received: () => received,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
