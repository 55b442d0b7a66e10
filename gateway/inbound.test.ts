import { expect } from 'vitest'
import { defineService, type Context } from '#kit'
import { placements } from '#kit/testing'
import { NotificationService } from '#gen/tms/notification/v1/notification_service_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { Code, ConnectError } from '@connectrpc/connect'
import { ProbeService } from '#gen/tms/probe/v1/probe_pb.ts'
import { gatewayTo } from './service.ts'
import { aPort } from './testing.ts'

type Got = { pathToken: string; headers: Record<string, string>; body: Uint8Array; sourceAddress: string }
const received: Got[] = []
const encoder = new TextEncoder()

/** Stands where payment does, to see what arrives there. */
const payment = defineService<Context>({
  name: 'payment',
  serves: [PaymentService],
  routes: () => (router) => {
    router.service(PaymentService, {
      receiveCallback: (request) => {
        if (request.provider === 'nobody') throw new ConnectError('no such provider', Code.NotFound)
        received.push(request)
        return { httpStatus: 200, contentType: 'application/json', body: encoder.encode('{"ResultCode":0}') }
      },
    })
  },
})

/** Stands where notification does. */
const notification = defineService<Context>({
  name: 'notification',
  serves: [NotificationService],
  routes: () => (router) => {
    router.service(NotificationService, {
      receiveDeliveryReport: (request) => {
        received.push(request)
        return { httpStatus: 200, contentType: 'text/plain', body: encoder.encode('ok') }
      },
    })
  },
})

const options = { outside: () => aPort(), sendTwice: false }

placements(
  'what a provider posts reaches payment byte for byte, and its answer goes back',
  [payment, notification, gatewayTo([ProbeService])],
  async (_suite, { baseUrl }) => {
    received.length = 0
    const body = Buffer.from([0, 255, 10, 13, 34])
    const headers = { 'x-signature': 'abc', 'x-tms-service': 'forged' }
    const answer = await fetch(`${baseUrl}/inbound/mpesa/Token_1-~.x`, { method: 'POST', body, headers })
    expect([answer.status, await answer.json()]).toEqual([200, { ResultCode: 0 }])
    expect(answer.headers.get('content-type')).toBe('application/json')
    const [got] = received
    expect(got).toMatchObject({ pathToken: 'Token_1-~.x', sourceAddress: '127.0.0.1' })
    expect(Buffer.from(got?.body ?? [])).toEqual(body)
    expect(got?.headers['x-signature']).toBe('abc')
    expect(got?.headers['x-tms-service']).toBeUndefined()

    const put = await fetch(`${baseUrl}/inbound/momo/t`, { method: 'PUT', body: '{}' })
    expect(put.status).toBe(200)
    const sms = await fetch(`${baseUrl}/inbound/sms/africas-talking/t`, { method: 'POST', body: 'status=Success' })
    expect([sms.status, await sms.text()]).toEqual([200, 'ok'])
  },
  options,
)

placements(
  'a callback that is too large, misdirected or of nobody is refused, and says so in HTTP',
  [payment, gatewayTo([ProbeService])],
  async (_suite, { baseUrl }) => {
    const post = async (path: string, body = '{}', method = 'POST') =>
      (await fetch(`${baseUrl}/inbound/${path}`, { method, body: method === 'GET' ? null : body })).status
    expect(await post('mpesa/t', 'x'.repeat(65_536))).toBe(200)
    expect(await post('mpesa/t', 'x'.repeat(65_537))).toBe(413)
    expect(await post('nobody/t')).toBe(404)
    expect(await post('mpesa')).toBe(404)
    expect(await post('mpesa/../t')).toBe(404)
    expect(await post('MPESA/t')).toBe(404)
    expect(await post('mpesa/t', '', 'GET')).toBe(405)
  },
  { ...options, placements: ['memory'] },
)

placements(
  'while payment is away its providers hear that they should send again',
  [gatewayTo([ProbeService])],
  async (_suite, { baseUrl }) => {
    const answer = await fetch(`${baseUrl}/inbound/mpesa/t`, { method: 'POST', body: '{}' })
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
  },
  { ...options, placements: ['memory'] },
)
