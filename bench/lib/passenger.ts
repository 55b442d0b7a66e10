import { type Client, createClient, type Interceptor, type Transport } from '@connectrpc/connect'
import { createConnectTransport } from '@connectrpc/connect-node'
import { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import { newUuidV7 } from '#kit'
import type { Job } from '../booking/messages.ts'

/** A connection of its own, as every phone has; calls bear the token that there is at that moment, if any. */
export function phoneTransport(baseUrl: string, tokenOf: () => string): Transport {
  const signedIn: Interceptor = (next) => (req) => {
    if (tokenOf() !== '') req.header.set('authorization', `Bearer ${tokenOf()}`)
    return next(req)
  }
  return createConnectTransport({ baseUrl, httpVersion: '2', interceptors: [signedIn] })
}

/** Signs in as a guest. */
export async function guest(baseUrl: string): Promise<{ readonly token: string; readonly transport: Transport }> {
  let token = ''
  const transport = phoneTransport(baseUrl, () => token)
  token = (await createClient(AuthService, transport).startGuestSession({ language: 'en' })).tokens?.accessToken ?? ''
  return { token, transport }
}

/** Holds the seat of a job for one passenger. */
export async function holdOne(ticketing: Client<typeof TicketingService>, job: Job, phone: string) {
  const { booking } = await ticketing.holdSeats({
    bookingId: newUuidV7(Date.now()),
    tripId: job.tripId,
    fromSequence: job.fromSequence,
    toSequence: job.toSequence,
    passengers: [{ name: 'Aline Uwase', seatLabel: job.seatLabel }],
    contact: { phone, language: 'rw' },
  })
  if (!booking) throw new Error('HoldSeats answered without a booking')
  return { bookingId: booking.bookingId, paymentIntentId: booking.paymentIntentId }
}
