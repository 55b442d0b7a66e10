import type { Booking } from '@tms/sdk/passenger'
import { Button, Notice } from '@tms/ui'
import { useState } from 'react'
import { useTms } from '../../flow/use_tms.ts'
import { formatMoney } from '../../format/money.ts'
import { useSpeech } from '../../i18n/texts.ts'
import { AskForm, useAsking } from './asking.tsx'

type Quote = { readonly refund: string; readonly fee: string }

/** Cancels a booking, after telling what goes back. */
export function CancelTicket({ booking, refresh }: { readonly booking: Booking; readonly refresh: () => void }) {
  const { t } = useSpeech()
  const tms = useTms()
  const { isBusy, failed, ask } = useAsking()
  const [quote, setQuote] = useState<Quote>()
  const { bookingId } = booking

  function submit(): void {
    if (!tms) return
    void ask(async () => {
      if (quote) {
        // One key for one booking: pressed twice, or again after a lost answer, it is one cancellation.
        await tms.withKey(`cancel ${bookingId}`, (idempotencyKey) =>
          tms.ticketing.cancelBooking({ idempotencyKey, bookingId }),
        )
        return refresh()
      }
      const { refund, fee } = await tms.ticketing.quoteCancellation({ bookingId })
      setQuote({ refund: formatMoney(refund), fee: formatMoney(fee) })
    })
  }

  return (
    <div className="print:hidden">
      <AskForm submit={submit} failed={failed}>
        {quote && (
          <Notice tone="warn" title={t('ticket.cancelAsk')}>
            <p>{t('ticket.cancelTold', quote)}</p>
          </Notice>
        )}
        <Button type="submit" kind={quote ? 'main' : 'plain'} busy={isBusy}>
          {quote ? t('ticket.cancelNow') : t('ticket.cancel')}
        </Button>
        {quote && (
          <Button kind="quiet" onClick={() => setQuote(undefined)}>
            {t('ticket.keep')}
          </Button>
        )}
      </AskForm>
    </div>
  )
}
