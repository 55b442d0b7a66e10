import { useQuery } from '@connectrpc/connect-query'
import { type ChoiceAnswer, DisruptionService } from '@tms/sdk/disruption'
import { type Booking, type PassengerTms, reasonOf } from '@tms/sdk/passenger'
import { useEffect } from 'react'
import { keepTicket } from './kept_tickets.ts'

/** Code and phone: what the message said, and what a guest proves the booking by. */
const keyOf = ({ bookingCode, contact }: Booking) => ({ bookingCode, phone: contact?.phone ?? '' })

/** What the passenger of a booking is or was asked, as it stands now. */
export function useTripChoice(booking: Booking) {
  const asked = useQuery(DisruptionService.method.getTripChoice, keyOf(booking), { staleTime: 0 })
  const { refetch } = asked
  // Decided elsewhere, or asked anew: then the booking changes too.
  useEffect(() => void refetch(), [booking.state, booking.awaitsChoice, refetch])
  return {
    choice: asked.data?.choice,
    isNone: reasonOf(asked.error) === 'NO_CHOICE',
    error: asked.error,
    look: async () => void (await refetch()),
  }
}

/**
 * Tells the answer, and keeps the booking that counts from then on. One key for one answer to one question: pressed twice,
 * or again after a lost answer, it is one.
 */
export async function answer(
  tms: PassengerTms,
  booking: Booking,
  choiceId: string,
  chosen: ChoiceAnswer,
): Promise<Booking | undefined> {
  const { booking: counting } = await tms.withKey(`choose ${choiceId} ${chosen}`, (idempotencyKey) =>
    tms.client(DisruptionService).chooseTrip({ idempotencyKey, ...keyOf(booking), answer: chosen }),
  )
  if (counting) keepTicket(counting)
  return counting
}
