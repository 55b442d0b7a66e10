import { type Booking, reasonOf, TicketingService } from '@tms/sdk/passenger'
import { useQuery } from '@connectrpc/connect-query'
import { Button, Card, Notice, TextField } from '@tms/ui'
import { useEffect, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { type PageModule, type PageProps, paths } from '../app/routes.ts'
import { connected } from '../flow/connected.tsx'
import { faultText } from '../flow/faults.tsx'
import { keepTicket, keptTickets } from '../flow/kept_tickets.ts'
import { useTms } from '../flow/use_tms.ts'
import { dateOf, dayIn, formatDay, formatTime } from '../format/time.ts'
import { toE164 } from '../format/phone.ts'
import { useSpeech } from '../i18n/texts.ts'
import { Heading } from './parts/heading.tsx'
import { PhoneField } from './parts/phone_field.tsx'

export const title: PageModule['title'] = (t) => t('title.tickets')

export const Page = connected(TicketsPage)

function TicketsPage({ params }: PageProps) {
  const { t } = useSpeech()
  const { bookings, own } = useBookings()
  useSentTicket(own, params['code'])
  return (
    <div className="mx-auto grid max-w-2xl gap-6">
      <Heading>{t('tickets.heading')}</Heading>
      {bookings.length > 0 && (
        <ul className="grid gap-3">
          {bookings.map((booking) => (
            <li key={booking.bookingId}>
              <BookingLink booking={booking} />
            </li>
          ))}
        </ul>
      )}
      <FindForm code={params['code'] ?? ''} />
    </div>
  )
}

/** Those that the service knows to be ours, and beside them those that this device keeps. */
function useBookings(): { readonly bookings: readonly Booking[]; readonly own: readonly Booking[] | undefined } {
  const tms = useTms()
  const [kept, setKept] = useState<readonly Booking[]>([])
  useEffect(() => setKept(keptTickets()), [])
  const isSignedIn = tms?.session.current !== undefined
  const { data } = useQuery(TicketingService.method.listBookings, { pageSize: 50 }, { enabled: isSignedIn })
  const all = new Map([...kept, ...(data?.bookings ?? [])].map((booking) => [booking.bookingId, booking]))
  const startMs = ({ origin }: Booking) => dateOf(origin?.time).getTime()
  return { bookings: [...all.values()].toSorted((a, b) => startMs(b) - startMs(a)), own: data?.bookings }
}

/** Whoever opens the link of a message on the phone that bought needs to prove nothing. */
function useSentTicket(own: readonly Booking[] | undefined, code: string | undefined): void {
  const [, go] = useLocation()
  const sent = own?.find(({ bookingCode }) => bookingCode === code)
  useEffect(() => {
    if (sent) go(pageOf(sent), { replace: true })
  }, [sent, go])
}

/** The ticket, or what is to be decided before there is one. */
const pageOf = ({ bookingId, awaitsChoice }: Booking) =>
  awaitsChoice ? paths.choose(bookingId) : paths.ticket(bookingId)

function BookingLink({ booking }: { readonly booking: Booking }) {
  const { t } = useSpeech()
  const { origin, destination, timeZone, awaitsChoice } = booking
  return (
    <Link href={pageOf(booking)} className="block rounded-card">
      <Card className="p-4 hover:border-field">
        <p className="font-bold">
          {origin?.town} → {destination?.town}
        </p>
        <p className="text-muted">
          {formatDay(t, dayIn(timeZone, dateOf(origin?.time)))}, {formatTime(timeZone, origin?.time)} ·{' '}
          {booking.companyName}
        </p>
        {awaitsChoice && <p className="font-bold text-warn">{t('choice.pick')}</p>}
      </Card>
    </Link>
  )
}

/** For whoever bought elsewhere: the code and the phone are proof enough. */
function FindForm({ code: given }: { readonly code: string }) {
  const { t } = useSpeech()
  const tms = useTms()
  const [, go] = useLocation()
  const [code, setCode] = useState(given)
  const [phone, setPhone] = useState({ typed: '', country: 'RW' })
  const [isWrong, setWrong] = useState(false)
  const [failed, setFailed] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)

  async function find(): Promise<void> {
    const e164 = toE164(phone.typed, phone.country)
    setWrong(e164 === undefined)
    if (!tms || e164 === undefined) return
    setBusy(true)
    setFailed(undefined)
    try {
      const { booking } = await tms.ticketing.findBooking({ bookingCode: code.trim(), phone: e164 })
      if (!booking) return
      keepTicket(booking)
      go(pageOf(booking))
    } catch (err) {
      setFailed(err)
    } finally {
      setBusy(false)
    }
  }

  return (
    <Card className="p-4 sm:p-6">
      <form
        noValidate
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          void find()
        }}
      >
        <div>
          <h2 className="text-xl font-extrabold">{t('tickets.find')}</h2>
          <p className="text-muted">{t('tickets.findText')}</p>
        </div>
        <TextField
          label={t('tickets.code')}
          value={code}
          maxLength={20}
          autoCapitalize="characters"
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) => setCode(target.value)}
        />
        <PhoneField
          label={t('checkout.phone')}
          hint=""
          fault={isWrong ? t('checkout.phoneWrong') : undefined}
          value={phone}
          onChange={setPhone}
        />
        {failed !== undefined && (
          <Notice tone="bad" title={isUnknown(failed) ? t('tickets.missing') : faultText(t, failed)} />
        )}
        <Button type="submit" busy={isBusy}>
          {t('tickets.button')}
        </Button>
      </form>
    </Card>
  )
}

/** No such booking, or a code that can be none. */
function isUnknown(err: unknown): boolean {
  const reason = reasonOf(err)
  return reason === 'BOOKING_UNKNOWN' || reason === 'REQUEST_INVALID'
}
