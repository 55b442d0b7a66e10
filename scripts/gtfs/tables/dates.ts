import type { FeedCalendar } from '../feed.ts'
import { RowFault } from '../row.ts'
import { type Source, readTable } from '../rows.ts'

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
const ADDED = 1
const REMOVED = 2

/** Reads calendar.txt and calendar_dates.txt, of which a feed needs one. */
export async function readCalendars(source: Source) {
  const calendars = new Map<string, FeedCalendar>()
  const columns = ['service_id', ...DAYS, 'start_date', 'end_date']
  const weekly = await readTable(source, 'calendar.txt', columns, (row) => {
    const serviceId = row.required('service_id')
    if (calendars.has(serviceId)) throw new RowFault(`service_id ${serviceId} is there twice`)
    const weekdays = DAYS.flatMap((day, i) => (row.integer(day, 0, 1) === 1 ? [i + 1] : []))
    const [startDate, endDate] = [row.date('start_date'), row.date('end_date')]
    if (endDate < startDate) throw new RowFault('end_date is before start_date')
    calendars.set(serviceId, { serviceId, weekdays, startDate, endDate, addedDates: [], removedDates: [] })
  })
  const single = await readExceptions(source, calendars)
  return { calendars, weekly, single }
}

function readExceptions(source: Source, calendars: Map<string, FeedCalendar>): Promise<number> {
  return readTable(source, 'calendar_dates.txt', ['service_id', 'date', 'exception_type'], (row) => {
    const [serviceId, date] = [row.required('service_id'), row.date('date')]
    const calendar = calendars.get(serviceId) ?? onDatesOnly(serviceId, date)
    calendars.set(serviceId, calendar)
    if ([...calendar.addedDates, ...calendar.removedDates].includes(date)) {
      throw new RowFault(`${date} is there twice for service_id ${serviceId}`)
    }
    const type = row.integer('exception_type', ADDED, REMOVED)
    if (type === undefined) throw new RowFault('exception_type is empty')
    if (type === ADDED) calendar.addedDates.push(date)
    else calendar.removedDates.push(date)
    if (calendar.weekdays.length === 0) widen(calendar, date)
  })
}

/** A service without a weekly rule runs on its added dates, from the first to the last of them. */
function onDatesOnly(serviceId: string, date: string): FeedCalendar {
  return { serviceId, weekdays: [], startDate: date, endDate: date, addedDates: [], removedDates: [] }
}

function widen(calendar: FeedCalendar, date: string): void {
  if (date < calendar.startDate) calendar.startDate = date
  if (date > calendar.endDate) calendar.endDate = date
}
