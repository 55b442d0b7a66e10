import { reasonOf } from '@tms/sdk/passenger'
import { PaymentService } from '@tms/sdk/payment'
import { Spinner } from '@tms/ui'
import { useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import { type PageModule, type PageProps, paths } from '../app/routes.ts'
import { connected } from '../flow/connected.tsx'
import { LoadFault } from '../flow/faults.tsx'
import { useTms } from '../flow/use_tms.ts'
import { useSpeech } from '../i18n/texts.ts'
import { ForeignBooking } from './parts/foreign_booking.tsx'
import { Heading } from './parts/heading.tsx'

export const title: PageModule['title'] = (t) => t('title.pay')

export const Page = connected(ReturnedPage)

const FOREIGN: readonly string[] = ['ATTEMPT_UNKNOWN', 'REQUEST_INVALID', 'PERMISSION_MISSING', 'SESSION_MISSING']

/** Where a provider sends its payers back to. What its address says is asked of the provider, not believed. */
function ReturnedPage({ params, query }: PageProps) {
  const { t } = useSpeech()
  const tms = useTms()
  const [, go] = useLocation()
  const [failed, setFailed] = useState<unknown>()
  const [round, setRound] = useState(0)
  const attemptId = query.get('attempt_id') ?? ''
  const declined = params['outcome'] === 'cancelled'
  useEffect(() => {
    if (!tms) return
    setFailed(undefined)
    const finished = tms.client(PaymentService).finishApproval({ attemptId, declined })
    finished.then(({ paymentIntent }) => go(paths.pay(paymentIntent?.orderId ?? ''), { replace: true }), setFailed)
  }, [tms, attemptId, declined, round])
  return (
    <div className="mx-auto grid max-w-2xl gap-5">
      <Heading>{t('title.pay')}</Heading>
      {failed === undefined && (
        <p role="status" className="flex items-center gap-3 text-lg font-semibold">
          <Spinner /> {t('pay.returning')}
        </p>
      )}
      {failed !== undefined && !FOREIGN.includes(reasonOf(failed) ?? '') && (
        <LoadFault error={failed} retry={() => setRound(round + 1)} />
      )}
      {failed !== undefined && FOREIGN.includes(reasonOf(failed) ?? '') && <ForeignBooking />}
    </div>
  )
}
