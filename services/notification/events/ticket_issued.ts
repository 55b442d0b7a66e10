import { on } from '#kit'
import { TicketIssuedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { sends } from '../sending/notify.ts'
import { ticketChanged, ticketIssued, ticketReseated } from '../templates/ticket_issued.ts'

/** Tickets reach the passenger: one message for the whole booking. */
export const sendTickets = on(TicketIssuedSchema, sends([ticketIssued, ticketReseated, ticketChanged]), {
  name: 'send-tickets',
})
