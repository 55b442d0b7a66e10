import type { Booking } from '@tms/sdk/passenger'
import { Button, Icon } from '@tms/ui'
import { icsOf } from '../../format/calendar.ts'
import { pdfOf } from '../../format/pdf.ts'
import { bytesOf, paintTicket } from '../../format/ticket_picture.ts'
import { useSpeech } from '../../i18n/texts.ts'

/** What else can be done with a ticket. Files are made here, so that they can be had without a network. */
export function TicketTools({ booking }: { readonly booking: Booking }) {
  const { t } = useSpeech()
  const { bookingCode, passengers } = booking

  async function savePdf(): Promise<void> {
    const pictures = passengers.map(async (passenger) => {
      const canvas = paintTicket(t, booking, passenger)
      return { bytes: await bytesOf(canvas, 'image/jpeg'), width: canvas.width, height: canvas.height }
    })
    save(`${bookingCode}.pdf`, 'application/pdf', pdfOf(await Promise.all(pictures)))
  }

  async function savePictures(): Promise<void> {
    for (const passenger of passengers) {
      const picture = await bytesOf(paintTicket(t, booking, passenger), 'image/png')
      save(`${bookingCode}-${passenger.seatLabel}.png`, 'image/png', picture)
    }
  }

  return (
    <div className="grid grid-cols-2 gap-3 print:hidden">
      <Button kind="quiet" onClick={() => void savePdf()}>
        <Icon name="down" /> PDF
      </Button>
      <Button kind="quiet" onClick={() => void savePictures()}>
        <Icon name="down" /> {t('ticket.picture')}
      </Button>
      <Button kind="quiet" onClick={() => save(`${bookingCode}.ics`, 'text/calendar', icsOf(booking))}>
        <Icon name="clock" /> {t('ticket.calendar')}
      </Button>
      <Button kind="quiet" onClick={() => print()}>
        <Icon name="ticket" /> {t('ticket.print')}
      </Button>
    </div>
  )
}

/** Hands a file to the person. */
function save(name: string, type: string, content: BlobPart): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([content], { type }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
