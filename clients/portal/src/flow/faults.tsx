import { reasonOf } from '@tms/sdk/passenger'
import { Button, Notice } from '@tms/ui'
import { Code, ConnectError } from '@connectrpc/connect'
import { type Translate, useSpeech } from '../i18n/texts.ts'

/** Reasons that are told in words of their own. */
const TOLD: readonly string[] = [
  'TRIP_NOT_ON_SALE',
  'SALES_CLOSED',
  'PAYMENT_IN_PROGRESS',
  'METHOD_UNSUITABLE',
  'PROVIDER_UNAVAILABLE',
  'RATE_UNAVAILABLE',
  'QUOTE_EXPIRED',
  'CODE_WRONG',
  'CODE_EXPIRED',
  'CODE_EXHAUSTED',
  'TOO_MANY_CODES',
  'TOO_MANY_ATTEMPTS',
  'CREDENTIALS_WRONG',
  'PASSWORD_TOO_COMMON',
  'CONTACT_TAKEN',
  'CANCEL_TOO_LATE',
  'NOT_CONFIRMED',
  'NOT_CHANGEABLE',
  'CHANGE_TOO_LATE',
  'SEAT_COUNT_WRONG',
  'OTHER_COMPANY',
  'BOOKING_MOVED',
  'FARE_CHANGED',
  'TRIP_CHANGED',
]

/** Why something did not work, for the person in front of it. */
export function faultText(t: Translate, err: unknown): string {
  const reason = reasonOf(err)
  if (reason !== undefined && TOLD.includes(reason)) return t(`error.${reason}`)
  const { code } = ConnectError.from(err)
  if (code === Code.Unavailable || code === Code.DeadlineExceeded) return t('error.network')
  return t(code === Code.ResourceExhausted ? 'error.busy' : 'error.unknown')
}

/** Says that something could not be read, and offers to try again. */
export function LoadFault({ error, retry }: { readonly error: unknown; readonly retry: () => void }) {
  const { t } = useSpeech()
  return (
    <Notice tone="bad" title={faultText(t, error)}>
      <Button kind="quiet" onClick={retry}>
        {t('error.again')}
      </Button>
    </Notice>
  )
}
