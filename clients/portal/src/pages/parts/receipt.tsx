import { useQuery } from '@connectrpc/connect-query'
import { type Booking } from '@tms/sdk/passenger'
import { PaymentService } from '@tms/sdk/payment'
import { Card } from '@tms/ui'
import { methodName } from '../../flow/payment.ts'
import { useWho } from '../../flow/who.ts'
import { formatMoney } from '../../format/money.ts'
import { useSpeech } from '../../i18n/texts.ts'

export type ReceiptProps = { readonly booking: Booking }

/** How a booking was paid, for whoever paid it. */
export default function Receipt({ booking }: ReceiptProps) {
  const { t } = useSpeech()
  const { who } = useWho()
  const { paymentIntentId } = booking
  const { data } = useQuery(
    PaymentService.method.getPaymentIntent,
    { paymentIntentId },
    { enabled: who !== undefined && paymentIntentId !== '' },
  )
  const attempt = data?.paymentIntent?.latestAttempt
  if (!attempt || attempt.receipt === '') return null
  const rows = [
    [t('ticket.code'), booking.bookingCode],
    [t('ticket.total'), formatMoney(booking.total)],
    [t('ticket.method'), t(`pay.${methodName(attempt.method)}`, { defaultValue: '–' })],
    [t('ticket.reference'), attempt.receipt],
  ]
  return (
    <Card className="p-5">
      <h2 className="text-xl font-extrabold">{t('ticket.receipt')}</h2>
      <dl className="mt-3 grid gap-2">
        {rows.map(([name, value]) => (
          <div key={name} className="flex justify-between gap-4">
            <dt className="text-muted">{name}</dt>
            <dd className="font-bold">{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  )
}
