import { AttemptState, type PaymentIntent } from '@tms/sdk/payment'
import { Button, buttonClass, Card, Icon, Notice, Spinner } from '@tms/ui'
import { approvalPage, asksByPhone, giveUp, methodName } from '../../flow/payment.ts'
import { useIsOnline, useTms } from '../../flow/use_tms.ts'
import { formatMoney } from '../../format/money.ts'
import { formatPhone } from '../../format/phone.ts'
import { useSpeech } from '../../i18n/texts.ts'
import { AskForm, useAsking } from './asking.tsx'

/** What to do while the provider asks the payer. */
export function PayWait({ intent }: { readonly intent: PaymentIntent }) {
  const isUnclear = intent.latestAttempt?.state === AttemptState.UNKNOWN
  const isByPhone = asksByPhone(methodName(intent.latestAttempt?.method))
  return isByPhone || isUnclear ? <ByPhone intent={intent} /> : <OnItsPage intent={intent} />
}

/** The provider asks on a page of its own: the way there, and the way out. */
function OnItsPage({ intent }: { readonly intent: PaymentIntent }) {
  const { t } = useSpeech()
  const tms = useTms()
  const { isBusy, failed, ask } = useAsking()
  const page = approvalPage(intent)
  const method = t(`pay.${methodName(intent.latestAttempt?.method)}`)
  return (
    <Card className="p-6">
      <AskForm submit={() => void (tms && ask(() => giveUp(tms, intent)))} failed={failed}>
        <h2 className="text-2xl font-black">{t('pay.onPage', { method })}</h2>
        <p>
          {t('pay.onPageText', { method, total: formatMoney(intent.latestAttempt?.providerAmount ?? intent.amount) })}
        </p>
        {page === undefined ? (
          <p role="status" className="flex items-center gap-3 text-muted">
            <Spinner /> {t('pay.sending', { method })}
          </p>
        ) : (
          <a href={page} className={buttonClass('main', 'min-h-14 text-lg')}>
            {t('pay.toPage', { method })}
          </a>
        )}
        <Button type="submit" kind="plain" busy={isBusy}>
          {t('pay.otherWay')}
        </Button>
      </AskForm>
    </Card>
  )
}

/** The phone asks for the PIN. */
function ByPhone({ intent }: { readonly intent: PaymentIntent }) {
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
