import { type Booking, BookingState, type Passenger, TicketState } from '@tms/sdk/passenger'
import { buttonClass, Card, Icon, Notice, Skeleton } from '@tms/ui'
import { type ComponentType, type ReactNode, useEffect, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { type PageModule, type PageProps, paths } from '../app/routes.ts'
import { useBooking } from '../flow/booking.ts'
import { connected } from '../flow/connected.tsx'
import { LoadFault } from '../flow/faults.tsx'
import { formatMoney } from '../format/money.ts'
import { dateOf, dayIn, formatDay, formatTime } from '../format/time.ts'
import { prefixOf } from '../i18n/languages.ts'
import { type Translate, useSpeech } from '../i18n/texts.ts'
import { keepPages } from '../offline/keep_page.ts'
import { CancelTicket } from './parts/cancel_ticket.tsx'
import { className } from './parts/class_name.ts'
import { ForeignBooking } from './parts/foreign_booking.tsx'
import { Heading } from './parts/heading.tsx'
import { QrCode } from './parts/qr_code.tsx'
import type { ReceiptProps } from './parts/receipt.tsx'
import { TicketTools } from './parts/ticket_tools.tsx'

export const title: PageModule['title'] = (t) => t('title.ticket')

export const Page = connected(TicketPage)

/** Bought, whatever became of it since. */
const BOUGHT = [BookingState.CONFIRMED, BookingState.CANCELLED, BookingState.OPEN]

function TicketPage({ params }: PageProps) {
  const bookingId = params['bookingId'] ?? ''
  const { t } = useSpeech()
  const { booking, isOwn, isForeign, error, retry } = useBooking(bookingId)
  const [, go] = useLocation()
  const isUnpaid = booking !== undefined && !BOUGHT.some((one) => one === booking.state)
  useEffect(() => {
    if (isUnpaid) go(paths.pay(bookingId), { replace: true })
  }, [isUnpaid, bookingId, go])
  if (booking && !isUnpaid) return <Tickets booking={booking} isOwn={isOwn} refresh={retry} />
  return (
    <div className="mx-auto grid max-w-md gap-5">
      <Heading>{t('title.ticket')}</Heading>
      {isForeign && <ForeignBooking />}
      {!isForeign && (error ? <LoadFault error={error} retry={retry} /> : <Skeleton className="h-[32rem]" />)}
    </div>
  )
}

function headingOf(t: Translate, { state, awaitsChoice }: Booking): string {
  if (awaitsChoice) return t('choice.heading')
  return state === BookingState.CANCELLED ? t('ticket.cancelled') : t('ticket.heading')
}

type TicketsProps = {
  readonly booking: Booking
  /** Whether the service says that it is ours; a kept one may be somebody else's by now. */
  readonly isOwn: boolean
  readonly refresh: () => void
}

function Tickets({ booking, isOwn, refresh }: TicketsProps) {
  const { t } = useSpeech()
  const isKept = useKeptPages(booking.bookingId)
  const isGood = booking.state === BookingState.CONFIRMED && !booking.awaitsChoice
  return (
    <div className="mx-auto grid max-w-md gap-5">
      <Heading>{headingOf(t, booking)}</Heading>
      {booking.refund && (
        <Notice
          title={t(booking.refund.settleTime ? 'ticket.refunded' : 'ticket.refund', {
            amount: formatMoney(booking.refund.amount),
          })}
        />
      )}
      <Standing booking={booking} />
      {booking.awaitsChoice && (
        <Notice tone="warn" title={t('choice.lead', { company: booking.companyName })}>
          <Link href={paths.choose(booking.bookingId)} className={buttonClass('main', 'justify-self-start')}>
            {t('choice.open')}
          </Link>
        </Notice>
      )}
      {booking.passengers.map((passenger) => (
        <TicketCard key={passenger.seatLabel} booking={booking} passenger={passenger} />
      ))}
      {isOwn && isGood && (
        <Link href={paths.live(booking.bookingId)} className={buttonClass('main', 'print:hidden')}>
          <Icon name="place" /> {t('live.open')}
        </Link>
      )}
      <TicketTools booking={booking} />
      {isOwn && <LateReceipt booking={booking} />}
      {isOwn && (isGood || booking.state === BookingState.OPEN) && (
        <Link href={paths.change(booking.bookingId)} className={buttonClass('quiet', 'print:hidden')}>
          <Icon name="swap" /> {t('change.open')}
        </Link>
      )}
      {isOwn && isGood && <CancelTicket booking={booking} refresh={refresh} />}
      {isKept && (
        <p className="flex items-center justify-center gap-2 text-center text-sm text-muted">
          <Icon name="check" /> {t('ticket.offline')}
        </p>
      )}
    </div>
  )
}

/** The code of payments comes after the ticket, which is good without it. */
function LateReceipt(props: ReceiptProps) {
  const [Receipt, setReceipt] = useState<ComponentType<ReceiptProps>>()
  useEffect(() => {
    import('./parts/receipt.tsx').then(
      (loaded) => setReceipt(() => loaded.default),
      () => undefined,
    )
  }, [])
  return Receipt && <Receipt {...props} />
}

/** What became of a booking that is no longer as it was bought. */
function Standing({ booking }: { readonly booking: Booking }) {
  const { t } = useSpeech()
  const { state, replacedByBookingId, openValue, openExpireTime, timeZone } = booking
  if (replacedByBookingId !== '') {
    return (
      <Notice title={t('change.replaced')}>
        <Link href={paths.ticket(replacedByBookingId)} className={buttonClass('main', 'justify-self-start')}>
          {t('change.newTicket')}
        </Link>
      </Notice>
    )
  }
  if (state !== BookingState.OPEN) return null
  const day = formatDay(t, dayIn(timeZone, dateOf(openExpireTime)))
  return <Notice title={t('change.isOpen', { value: formatMoney(openValue), day })} />
}

/** Keeps the page for the road; true when all of it is kept. */
function useKeptPages(bookingId: string): boolean {
  const { language } = useSpeech()
  const [isKept, setKept] = useState(false)
  useEffect(() => {
    const prefix = prefixOf(language)
    keepPages([paths.ticket(bookingId), paths.tickets()].map((path) => `${prefix}${path}`)).then(
      setKept,
      () => undefined,
    )
  }, [bookingId, language])
  return isKept
}

function TicketCard({ booking, passenger }: { readonly booking: Booking; readonly passenger: Passenger }) {
  const { t } = useSpeech()
  const { origin, destination, timeZone } = booking
  const ticket = passenger.ticket
  return (
    <Card className="overflow-hidden print:break-inside-avoid print:shadow-none">
      <div className="bg-brand p-5 text-on-brand">
        <p className="text-sm font-semibold opacity-90">{booking.companyName}</p>
        <p className="mt-1 text-2xl font-black">
          {origin?.town || origin?.stopName} → {destination?.town || destination?.stopName}
        </p>
        <p className="mt-1 font-semibold">
          {formatDay(t, dayIn(timeZone, dateOf(origin?.time)))} · {formatTime(timeZone, origin?.time)}
        </p>
      </div>
      <div className="grid justify-items-center gap-3 border-b-2 border-dashed border-line p-5">
        {ticket?.state === TicketState.ISSUED && ticket.code !== '' && (
          <>
            <QrCode text={ticket.code} label={t('ticket.qr', { number: ticket.ticketNumber })} />
            <p className="text-center text-muted">{t('ticket.show')}</p>
          </>
        )}
        {ticket?.state === TicketState.BOARDED && <Notice tone="good" title={t('ticket.BOARDED')} />}
        {ticket?.state === TicketState.NO_SHOW && <Notice tone="warn" title={t('ticket.NO_SHOW')} />}
        {ticket?.state === TicketState.VOID && <Notice tone="bad" title={t('ticket.VOID')} />}
        {!ticket && <p role="status">{t('ticket.waiting')}</p>}
        <p className="font-mono text-lg font-bold tracking-widest">{ticket?.ticketNumber}</p>
      </div>
      <dl className="grid grid-cols-2 gap-4 p-5">
        <Fact name={t('ticket.passenger')}>{passenger.name}</Fact>
        <Fact name={t('ticket.seat')}>
          {passenger.seatLabel} · {className(t, passenger.seatClass)}
        </Fact>
        <Fact name={t('ticket.from')}>{origin?.stopName}</Fact>
        <Fact name={t('ticket.to')}>{destination?.stopName}</Fact>
        <Fact name={t('ticket.bus')}>{booking.busPlate || '–'}</Fact>
        <Fact name={t('ticket.paid')}>{formatMoney(passenger.price)}</Fact>
      </dl>
    </Card>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt className="text-sm text-muted">{name}</dt>
      <dd className="font-bold wrap-anywhere">{children}</dd>
    </div>
  )
}
