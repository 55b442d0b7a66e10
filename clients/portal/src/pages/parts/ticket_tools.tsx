import type { Booking } from '@tms/sdk/passenger'
import { Button, Icon } from '@tms/ui'
import { icsOf } from '../../format/calendar.ts'
import { useSpeech } from '../../i18n/texts.ts'

/** What else can be done with a ticket. */
export function TicketTools({ booking }: { readonly booking: Booking }) {
  const { t } = useSpeech()
  return (
    <div className="grid grid-cols-2 gap-3 print:hidden">
      <Button kind="quiet" onClick={() => save(`${booking.bookingCode}.ics`, 'text/calendar', icsOf(booking))}>
        <Icon name="clock" /> {t('ticket.calendar')}
      </Button>
      <Button kind="quiet" onClick={() => print()}>
        <Icon name="down" /> {t('ticket.print')}
      </Button>
    </div>
  )
}

/** Hands a file to the person. */
export function save(name: string, type: string, content: BlobPart): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([content], { type }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
