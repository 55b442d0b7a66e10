import { on } from '#kit'
import { SeatsLostSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { sends } from '../sending/notify.ts'
import { latePaymentRefunded } from '../templates/late_payment_refunded.ts'

/** A passenger who paid too late hears of the refund; one who got other seats hears of them with the tickets. */
export const sendLatePayment = on(SeatsLostSchema, sends([latePaymentRefunded]), { name: 'send-late-payment' })
