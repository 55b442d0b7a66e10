export { importTicketKeys, readTicket, type ReadTicket, type TicketFacts, type TicketKeys } from './read_ticket.ts'
export { checkTicket, type Boarding, type TicketHistory, type TicketVerdict } from './check_ticket.ts'
