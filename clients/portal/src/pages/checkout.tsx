import { useQuery } from '@connectrpc/connect-query'
import { factsOf, type GetSeatMapResponse, reasonOf, TicketingService } from '@tms/sdk/passenger'
import { Button, Card, Notice, Skeleton, TextField } from '@tms/ui'
import { useEffect, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { type PageModule, type PageProps, paths, type Ride, rideOf, seatsOf } from '../app/routes.ts'
import { connected } from '../flow/connected.tsx'
import { lastTraveller } from '../flow/draft.ts'
import { faultText, LoadFault } from '../flow/faults.tsx'
import { hold } from '../flow/hold.ts'
import { tmsOf } from '../flow/tms.ts'
import { formatMoney } from '../format/money.ts'
import { toE164 } from '../format/phone.ts'
import { useSpeech } from '../i18n/texts.ts'
import { className } from './parts/class_name.ts'
import { Heading } from './parts/heading.tsx'
import { PhoneField } from './parts/phone_field.tsx'
import { totalOf } from './parts/total.ts'

export const title: PageModule['title'] = (t) => t('title.checkout')

export const Page = connected(CheckoutPage)

function CheckoutPage({ params, query }: PageProps) {
  const { t } = useSpeech()
  const ride = rideOf(params)
  const seats = seatsOf(query)
  const [, go] = useLocation()
  const map = useQuery(TicketingService.method.getSeatMap, ride)
  useEffect(() => {
    if (seats.length === 0) go(paths.trip(ride), { replace: true })
  })
  return (
    <div className="mx-auto grid max-w-2xl gap-5">
      <Heading>{t('checkout.heading')}</Heading>
      {map.data && <Passengers ride={ride} seats={seats} map={map.data} refresh={() => void map.refetch()} />}
      {!map.data && map.error && <LoadFault error={map.error} retry={() => void map.refetch()} />}
      {!map.data && !map.error && <Skeleton className="h-96" />}
    </div>
  )
}

type Props = {
  readonly ride: Ride
  readonly seats: readonly string[]
  readonly map: GetSeatMapResponse
  readonly refresh: () => void
}

type Faults = { readonly names: readonly (string | undefined)[]; readonly phone: string | undefined }

function Passengers({ ride, seats, map, refresh }: Props) {
  const { t, language } = useSpeech()
  const [, go] = useLocation()
  const [names, setNames] = useState<readonly string[]>(seats.map(() => ''))
  const [phone, setPhone] = useState({ typed: '', country: 'RW' })
  const [faults, setFaults] = useState<Faults>({ names: [], phone: undefined })
  const [failed, setFailed] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  const total = totalOf(map, seats)
  useEffect(() => {
    const last = lastTraveller()
    setNames((now) => now.map((name, index) => name || (last.names[index] ?? '')))
    setPhone((now) => (now.typed === '' ? { typed: last.phone, country: last.country } : now))
  }, [])

  async function submit(): Promise<void> {
    const e164 = toE164(phone.typed, phone.country)
    const nameFaults = seats.map((_, index) => (names[index]?.trim() ? undefined : t('checkout.nameMissing')))
    setFaults({ names: nameFaults, phone: e164 === undefined ? t('checkout.phoneWrong') : undefined })
    if (e164 === undefined || nameFaults.some((fault) => fault !== undefined)) return
    setBusy(true)
    setFailed(undefined)
    try {
      const wish = { ride, seats, names, phone: e164, country: phone.country, language, total }
      go(paths.pay(await hold(tmsOf(language), wish)))
    } catch (err) {
      if (reasonOf(err) === 'SEAT_TAKEN') return go(lostPath(ride, seats, factsOf(err)['seat'] ?? ''))
      if (reasonOf(err) === 'FARE_CHANGED') refresh()
      setFailed(err)
    } finally {
      setBusy(false)
    }
  }

  return (
    <form
      noValidate
      className="grid gap-5"
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      {seats.map((seat, index) => (
        <Card key={seat} className="p-4 sm:p-5">
          <p className="mb-3 font-bold text-ochre">{seatWords(seat)}</p>
          <TextField
            label={t('checkout.name')}
            hint={t('checkout.nameHint')}
            fault={faults.names[index]}
            autoComplete={index === 0 ? 'name' : 'off'}
            maxLength={100}
            value={names[index] ?? ''}
            onChange={({ target }) => setNames(seats.map((_, at) => (at === index ? target.value : (names[at] ?? ''))))}
          />
        </Card>
      ))}
      <Card className="grid gap-4 p-4 sm:p-5">
        <h2 className="font-bold text-ochre">{t('checkout.contact')}</h2>
        <PhoneField
          label={t('checkout.phone')}
          hint={t('checkout.phoneHint')}
          fault={faults.phone}
          value={phone}
          onChange={setPhone}
        />
      </Card>
      {failed !== undefined && <Failed error={failed} total={formatMoney(total)} />}
      <div className="flex items-center justify-between gap-4 border-t border-dashed border-line pt-4">
        <span className="font-semibold">{t('checkout.total')}</span>
        <strong className="text-2xl font-black tabular-nums">{formatMoney(total)}</strong>
      </div>
      <Button type="submit" busy={isBusy} className="min-h-14 text-lg">
        {t('checkout.hold')}
      </Button>
      <p className="text-center text-sm text-muted">{t('checkout.note')}</p>
      <Link href={paths.trip(ride, seats)} className="justify-self-center font-semibold text-brand underline">
        {t('checkout.back')}
      </Link>
    </form>
  )

  function seatWords(label: string): string {
    const seat = map.seats.find((one) => one.label === label)
    return t('checkout.seat', { seat: label, class: seat ? className(t, seat.seatClass) : '' })
  }
}

function Failed({ error, total }: { readonly error: unknown; readonly total: string }) {
  const { t } = useSpeech()
  const isChanged = reasonOf(error) === 'FARE_CHANGED'
  return <Notice tone="bad" title={isChanged ? t('checkout.changed', { total }) : faultText(t, error)} />
}

/** Back to the map, which says what was lost and offers another. */
function lostPath(ride: Ride, seats: readonly string[], lost: string): string {
  const path = paths.trip(ride, seats)
  return `${path}${path.includes('?') ? '&' : '?'}lost=${encodeURIComponent(lost)}`
}
