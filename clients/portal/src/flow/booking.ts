import { useQuery } from '@connectrpc/connect-query'
import { type Booking, reasonOf, TicketingService } from '@tms/sdk/passenger'
import { useEffect, useState } from 'react'
import { keepTicket, keptTicket } from './kept_tickets.ts'
import { useTms } from './use_tms.ts'

const ASK_MS = 15_000

/** A bought booking: as this device keeps it, at once and without a network; then as it stands now. */
export function useBooking(bookingId: string) {
  const tms = useTms()
  const [kept, setKept] = useState<Booking>()
  useEffect(() => setKept(keptTicket(bookingId)), [bookingId])
  const asked = useQuery(
    TicketingService.method.getBooking,
    { bookingId },
    { enabled: tms?.session.current !== undefined, staleTime: 0, refetchInterval: ASK_MS },
  )
  const fresh = asked.data?.booking
  useEffect(() => {
    if (fresh) keepTicket(fresh)
  }, [fresh])
  const booking = fresh ?? kept
  const isForeign = reasonOf(asked.error) === 'BOOKING_UNKNOWN' || (tms !== undefined && !tms.session.current)
  return {
    booking,
    /** Whether the service says that it is ours; a kept one may be somebody else's by now. */
    isOwn: fresh !== undefined,
    /** Whether whoever looks has nothing to do with it. */
    isForeign: booking === undefined && isForeign,
    error: booking ? null : asked.error,
    retry: () => void asked.refetch(),
  }
}
