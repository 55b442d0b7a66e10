import { type Booking } from '@tms/sdk/passenger'
import { PaymentFailure, type PaymentIntent } from '@tms/sdk/payment'
import { Button, Card, Notice } from '@tms/ui'
import { useState } from 'react'
import { faultText } from '../../flow/faults.tsx'
import { asksByPhone, METHODS, type MethodName, pay } from '../../flow/payment.ts'
import { useIsOnline, useTms } from '../../flow/use_tms.ts'
import { formatMoney } from '../../format/money.ts'
import { countryOf, formatPhone, providerOf, toE164 } from '../../format/phone.ts'
import { useSpeech } from '../../i18n/texts.ts'
import { PayPalTerms, usePayPalQuote } from './paypal_terms.tsx'
import { PhoneField } from './phone_field.tsx'

type Props = {
  readonly booking: Booking
  readonly intent: PaymentIntent
  readonly refresh: () => void
  /** The payer is to be led to the provider's page as soon as it is known. */
  readonly leave: () => void
}

/** The method that belongs to a number, when it is on offer; else the first that is. */
function methodFor(phone: string): MethodName | undefined {
  const provider = providerOf(phone)
  return METHODS.find((name) => provider !== undefined && name.startsWith(provider)) ?? METHODS[0]
}

/** Chooses how to pay, and pays. */
export function PayForm({ booking, intent, refresh, leave }: Props) {
  const { t } = useSpeech()
  const tms = useTms()
  const isOnline = useIsOnline()
  const contact = booking.contact?.phone ?? ''
  const [phone, setPhone] = useState({ typed: bare(contact), country: countryOf(contact) })
  const e164 = toE164(phone.typed, phone.country)
  const [chosen, setChosen] = useState<MethodName>()
  const [isWrong, setWrong] = useState(false)
  const [failed, setFailed] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  const method = chosen ?? methodFor(e164 ?? contact)

  const isByPhone = asksByPhone(method)
  const asked = usePayPalQuote(intent, !isByPhone)
  const terms = isByPhone ? e164 && { phone: e164 } : asked.data?.quote

  async function press(): Promise<void> {
    setWrong(isByPhone && e164 === undefined)
    if (!tms || !terms || method === undefined) return
    setBusy(true)
    setFailed(undefined)
    try {
      const { phone, exchangeRateId } = { phone: '', exchangeRateId: '', ...terms }
      await pay(tms, intent, method, isByPhone ? { phone } : { exchangeRateId })
      if (!isByPhone) leave()
    } catch (err) {
      if (!isByPhone) void asked.refetch()
      setFailed(err)
    } finally {
      setBusy(false)
      refresh()
    }
  }

  async function giveBack(): Promise<void> {
    await tms?.ticketing.releaseHold({ bookingId: booking.bookingId }).catch(setFailed)
    refresh()
  }

  return (
    <form
      noValidate
      className="grid gap-5"
      onSubmit={(event) => {
        event.preventDefault()
        void press()
      }}
    >
      <LastFailure intent={intent} />
      <Card className="grid gap-4 p-4 sm:p-5">
        <fieldset className="grid gap-2">
          <legend className="mb-2 font-bold">{t('pay.how')}</legend>
          {METHODS.map((name) => (
            <label
              key={name}
              className="flex min-h-14 items-center gap-3 rounded-control border border-line px-4 font-semibold has-checked:border-brand has-checked:bg-soft"
            >
              <input
                type="radio"
                name="method"
                value={name}
                checked={name === method}
                onChange={() => setChosen(name)}
                className="size-5 accent-(--brand)"
              />
              {t(`pay.${name}`)}
            </label>
          ))}
        </fieldset>
        {isByPhone ? (
          <PhoneField
            label={t('pay.phone')}
            hint={t('pay.phoneHint')}
            fault={isWrong && e164 === undefined ? t('checkout.phoneWrong') : undefined}
            value={phone}
            onChange={setPhone}
          />
        ) : (
          <PayPalTerms quote={asked.data?.quote} error={asked.error} />
        )}
      </Card>
      {!isOnline && <Notice tone="warn" title={t('pay.offline')} />}
      {failed !== undefined && <Notice tone="bad" title={faultText(t, failed)} />}
      <Button type="submit" busy={isBusy} disabled={!isByPhone && !terms} className="min-h-14 text-lg">
        {isBusy
          ? t('pay.sending', { method: t(`pay.${method ?? ''}`) })
          : t('pay.press', { total: formatMoney(intent.amount) })}
      </Button>
      <Button kind="plain" onClick={() => void giveBack()}>
        {t('pay.cancel')}
      </Button>
    </form>
  )
}

function bare(e164: string): string {
  return formatPhone(e164).replace(/^\+\d+ /, '')
}

/** Why the last attempt did not go through. */
function LastFailure({ intent }: { readonly intent: PaymentIntent }) {
  const { t } = useSpeech()
  const failure = intent.latestAttempt?.failureReason ?? PaymentFailure.UNSPECIFIED
  if (failure === PaymentFailure.UNSPECIFIED) return null
  const reason = Object.entries(PaymentFailure).find(([, value]) => value === failure)?.[0] ?? 'UNSPECIFIED'
  return (
    <Notice tone="bad" title={t('pay.failed')}>
      <p>{t(`failure.${reason}`, { defaultValue: t('failure.UNSPECIFIED') })}</p>
    </Notice>
  )
}
