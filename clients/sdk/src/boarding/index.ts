/** What a crew's device needs to board without a network. */
export { TicketChecker, type CheckerOptions, type CheckerVerdict, type UploadReport } from './checker.ts'
