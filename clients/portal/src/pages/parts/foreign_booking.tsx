import { buttonClass, Notice } from '@tms/ui'
import { Link } from 'wouter'
import { paths } from '../../app/routes.ts'
import { useSpeech } from '../../i18n/texts.ts'

/** Somebody looks at a booking that is not theirs, or not from this device: its code and phone open it. */
export function ForeignBooking() {
  const { t } = useSpeech()
  return (
    <Notice tone="warn" title={t('pay.missing')}>
      <Link href={paths.tickets()} className={buttonClass('main', 'justify-self-start')}>
        {t('pay.find')}
      </Link>
    </Notice>
  )
}
