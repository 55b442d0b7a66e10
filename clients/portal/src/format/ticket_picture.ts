import { type Booking, type Passenger, TicketState } from '@tms/sdk/passenger'
import type { Translate } from '../i18n/texts.ts'
import { formatMoney } from './money.ts'
import { qrOf } from './qr.ts'
import { dateOf, dayIn, formatDay, formatTime } from './time.ts'

/** What is painted, in dots: a sheet that a phone shows whole, sharp enough to be printed. */
export const SHEET = { width: 900, height: 1_500 } as const

const FONT = 'system-ui, sans-serif'
const QR = { side: 620, top: 330, quiet: 4 } as const
const LEFT = 70

/** Paints the ticket of one passenger: black on white, as scanners and printers like it. */
export function paintTicket(t: Translate, booking: Booking, passenger: Passenger): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.width = SHEET.width
  canvas.height = SHEET.height
  const pen = canvas.getContext('2d')
  if (!pen) throw new Error('this browser paints nothing')
  pen.fillStyle = '#fff'
  pen.fillRect(0, 0, SHEET.width, SHEET.height)
  pen.fillStyle = '#000'
  const write = (text: string, top: number, size: number, weight = 400) => {
    pen.font = `${weight} ${size}px ${FONT}`
    pen.fillText(text, LEFT, top, SHEET.width - 2 * LEFT)
  }
  const { origin, destination, timeZone, companyName } = booking
  write(companyName, 100, 34)
  write(
    `${origin?.town || (origin?.stopName ?? '')} → ${destination?.town || (destination?.stopName ?? '')}`,
    175,
    60,
    800,
  )
  write(`${formatDay(t, dayIn(timeZone, dateOf(origin?.time)))} · ${formatTime(timeZone, origin?.time)}`, 245, 40, 600)
  paintCode(pen, passenger.ticket?.state === TicketState.ISSUED ? passenger.ticket.code : '')
  const rows = [
    [t('ticket.passenger'), passenger.name],
    [t('ticket.seat'), passenger.seatLabel],
    [t('ticket.from'), origin?.stopName ?? ''],
    [t('ticket.to'), destination?.stopName ?? ''],
    [t('ticket.bus'), booking.busPlate || '–'],
    [t('ticket.paid'), formatMoney(passenger.price)],
    [t('ticket.code'), `${booking.bookingCode} · ${passenger.ticket?.ticketNumber ?? ''}`],
  ]
  rows.forEach(([name, value], row) => write(`${name}: ${value}`, 1_040 + row * 62, 38, 500))
  return canvas
}

function paintCode(pen: CanvasRenderingContext2D, code: string): void {
  if (code === '') return
  const drawn = qrOf(code)
  // Whole dots for each module, so that none is blurred.
  const dot = Math.floor(QR.side / (drawn.size + 2 * QR.quiet))
  const left = Math.round((SHEET.width - dot * drawn.size) / 2)
  for (let y = 0; y < drawn.size; y++)
    for (let x = 0; x < drawn.size; x++) if (drawn.get(x, y)) pen.fillRect(left + x * dot, QR.top + y * dot, dot, dot)
}

/** The bytes of a painting. */
export async function bytesOf(
  canvas: HTMLCanvasElement,
  type: 'image/png' | 'image/jpeg',
): Promise<Uint8Array<ArrayBuffer>> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, 0.92))
  if (!blob) throw new Error(`this browser writes no ${type}`)
  return new Uint8Array(await blob.arrayBuffer())
}
