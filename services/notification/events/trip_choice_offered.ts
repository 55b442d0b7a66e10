import { on } from '#kit'
import { TripChoiceOfferedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { sends } from '../sending/notify.ts'
import { tripChoice } from '../templates/trip_choice.ts'

/** The bus does not run: the passenger hears of the next one, until when to choose it, and what is paid back otherwise. */
export const sendTripChoice = on(TripChoiceOfferedSchema, sends([tripChoice]), { name: 'send-trip-choice' })
