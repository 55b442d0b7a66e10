import { useQuery } from '@connectrpc/connect-query'
import { type Booking, BookingState, reasonOf, TicketingService } from '@tms/sdk/passenger'
import { type PaymentIntent, PaymentState } from '@tms/sdk/payment'
import { buttonClass, Notice, Skeleton, Spinner } from '@tms/ui'
import { useEffect, useRef, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { type PageModule, type PageProps, paths } from '../app/routes.ts'
import { connected } from '../flow/connected.tsx'
import { LoadFault } from '../flow/faults.tsx'
import { approvalPage, closeDraft, isUnderWay, usePayment } from '../flow/payment.ts'
import { useTms } from '../flow/use_tms.ts'
import { formatMoney } from '../format/money.ts'
import { dateOf, dayIn, formatDay, formatTime } from '../format/time.ts'
import { useSpeech } from '../i18n/texts.ts'
import { Countdown } from './parts/countdown.tsx'
import { ForeignBooking } from './parts/foreign_booking.tsx'
import { Heading } from './parts/heading.tsx'
import { PayForm } from './parts/pay_form.tsx'
import { PayWait } from './parts/pay_wait.tsx'
import { RideLine } from './parts/ride_line.tsx'

export const title: PageModule['title'] = (t) => t('title.pay')

/** How often the booking is asked for while its payment is not decided, beside the stream that tells of the payment. */
const ASK_MS = 4_000
const HURRY_MS = 700

export const Page = connected(PayPage)

function PayPage({ params }: PageProps) {
  const bookingId = params['bookingId'] ?? ''
  const tms = useTms()
  const { t } = useSpeech()
  const isPaid = useRef(false)
  const asked = useQuery(
    TicketingService.method.getBooking,
    { bookingId },
    {
      enabled: tms !== undefined,
      staleTime: 0,
      refetchInterval: ({ state }) => {
        if (state.data?.booking?.state === BookingState.CONFIRMED) return false
        return isPaid.current ? HURRY_MS : ASK_MS
      },
    },
  )
  const booking = asked.data?.booking
  const payment = usePayment(tms, booking?.paymentIntentId ?? '')
  isPaid.current = payment.intent?.state === PaymentState.SUCCEEDED
  const refresh = () => void asked.refetch({ cancelRefetch: false })
  if (booking) return <Paying booking={booking} payment={payment} refresh={refresh} />
  return (
    <div className="mx-auto grid max-w-2xl gap-5">
      <Heading>{t('title.pay')}</Heading>
      {asked.error ? (
        <PayFault error={asked.error} retry={() => void asked.refetch()} />
      ) : (
        <Skeleton className="h-96" />
      )}
    </div>
  )
}

function PayFault({ error, retry }: { readonly error: unknown; readonly retry: () => void }) {
  const isForeign = ['BOOKING_UNKNOWN', 'PERMISSION_MISSING', 'SESSION_MISSING'].includes(reasonOf(error) ?? '')
  if (!isForeign) return <LoadFault error={error} retry={retry} />
  return <ForeignBooking />
}

type PayingProps = {
  readonly booking: Booking
  readonly payment: ReturnType<typeof usePayment>
  readonly refresh: () => void
}

function Paying({ booking, payment: { intent, error, again }, refresh }: PayingProps) {
  const { t } = useSpeech()
  const [, go] = useLocation()
  const isPaid = intent?.state === PaymentState.SUCCEEDED
  const leave = useLeaving(intent)
  useEffect(() => {
    closeDraft(booking)
    if (booking.state === BookingState.CONFIRMED) go(paths.ticket(booking.bookingId), { replace: true })
  }, [booking, go])
  const when = `${formatDay(t, dayIn(booking.timeZone, dateOf(booking.origin?.time)))}, ${formatTime(booking.timeZone, booking.origin?.time)}`
  const isOpen = booking.state === BookingState.HELD && !isPaid
  return (
    <div className="mx-auto grid max-w-2xl gap-5">
      <Heading>
        {t('pay.heading', { total: formatMoney(intent?.amount ?? booking.amountDue ?? booking.total) })}
      </Heading>
      <RideLine from={booking.origin} to={booking.destination} when={when} />
      {isOpen && <Countdown until={dateOf(booking.holdExpireTime)} />}
      {isPaid && (
        <p role="status" className="flex items-center gap-3 text-lg font-semibold">
          <Spinner /> {t('pay.succeeded')}
        </p>
      )}
      {isOpen && intent && isUnderWay(intent) && <PayWait intent={intent} />}
      {isOpen && !intent && error === undefined && <Skeleton className="h-64" />}
      {isOpen && error !== undefined && <LoadFault error={error} retry={again} />}
      {isOpen && intent && !isUnderWay(intent) && (
        <PayForm booking={booking} intent={intent} refresh={refresh} leave={leave} />
      )}
      {!isOpen && !isPaid && <Over booking={booking} />}
    </div>
  )
}

/** Leads to the provider's page as soon as it is known: once, for whoever pressed "pay" here. Others find the link. */
function useLeaving(intent: PaymentIntent | undefined): () => void {
  const [isLeaving, setLeaving] = useState(false)
  const page = intent && approvalPage(intent)
  useEffect(() => {
    if (!isLeaving || page === undefined) return
    setLeaving(false)
    location.assign(page)
  }, [isLeaving, page])
  return () => setLeaving(true)
}

/** The booking is neither waiting nor paid. */
function Over({ booking }: { readonly booking: Booking }) {
  const { t } = useSpeech()
  if (booking.state === BookingState.CONFIRMED) return null
  const isExpired = booking.state === BookingState.EXPIRED
  const ride = {
    tripId: booking.tripId,
    fromSequence: booking.origin?.sequence ?? 0,
    toSequence: booking.destination?.sequence ?? 0,
  }
  return (
    <Notice tone="warn" title={isExpired ? t('pay.expired') : t('pay.released')}>
      {isExpired && <p>{t('pay.expiredText')}</p>}
      <Link
        href={paths.trip(
          ride,
          booking.passengers.map(({ seatLabel }) => seatLabel),
        )}
        className={buttonClass('main', 'justify-self-start')}
      >
        {t('pay.anew')}
      </Link>
    </Notice>
  )
}
