import { AttemptState, type PaymentIntent } from '@tms/sdk/passenger'
import { Card, Icon, Notice, Spinner } from '@tms/ui'
import { methodName } from '../../flow/payment.ts'
import { useIsOnline } from '../../flow/use_tms.ts'
import { formatMoney } from '../../format/money.ts'
import { formatPhone } from '../../format/phone.ts'
import { useSpeech } from '../../i18n/texts.ts'

/** What to do while the phone asks for the PIN. */
export function PayWait({ intent }: { readonly intent: PaymentIntent }) {
  const { t } = useSpeech()
  const isOnline = useIsOnline()
  const attempt = intent.latestAttempt
  const method = t(`pay.${methodName(attempt?.method)}`)
  const isUnclear = attempt?.state === AttemptState.UNKNOWN
  return (
    <Card className="grid justify-items-center gap-4 p-6 text-center">
      <span className="grid size-20 animate-pulse place-items-center rounded-full bg-soft text-brand">
        <Icon name="phone" className="size-10" />
      </span>
      <div role="status" className="grid gap-2">
        <h2 className="text-2xl font-black">{t('pay.waiting')}</h2>
        <p className="text-lg">
          {isUnclear
            ? t('pay.checking', { method })
            : t('pay.waitingText', {
                method,
                phone: formatPhone(attempt?.phone ?? ''),
                total: formatMoney(intent.amount),
              })}
        </p>
      </div>
      <p className="flex items-center gap-3 text-muted">
        <Spinner /> {t('pay.waitingMore')}
      </p>
      {!isOnline && <Notice tone="warn" title={t('pay.offline')} />}
    </Card>
  )
}
