import { useQuery } from '@connectrpc/connect-query'
import { type PaymentIntent, PaymentMethod, PaymentService, type Quote } from '@tms/sdk/payment'
import { Notice, Skeleton } from '@tms/ui'
import { faultText } from '../../flow/faults.tsx'
import { formatMoney } from '../../format/money.ts'
import { useSpeech } from '../../i18n/texts.ts'

/** A rate that is replaced is honoured for a quarter of an hour: what is shown is younger. */
const FRESH_MS = 5 * 60_000

/** What PayPal would charge, asked for when somebody chooses it. */
export function usePayPalQuote({ paymentIntentId }: PaymentIntent, isWanted: boolean) {
  const question = { paymentIntentId, method: PaymentMethod.PAYPAL }
  const options = { enabled: isWanted, staleTime: FRESH_MS, refetchInterval: FRESH_MS }
  return useQuery(PaymentService.method.quotePayment, question, options)
}

/** What is charged, before anybody presses "pay": PayPal does not take every currency. */
export function PayPalTerms({ quote, error }: { readonly quote: Quote | undefined; readonly error: unknown }) {
  const { t } = useSpeech()
  if (!quote) return error ? <Notice tone="warn" title={faultText(t, error)} /> : <Skeleton className="h-16" />
  const [amount, charged] = [formatMoney(quote.amount), formatMoney(quote.providerAmount)]
  return (
    <Notice>
      {amount !== charged && <p className="font-bold">{t('pay.converted', { amount, charged })}</p>}
      <p>{t('pay.elsewhere')}</p>
    </Notice>
  )
}
