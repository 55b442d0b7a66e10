import { on } from '#kit'
import { BusChangedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { sends } from '../sending/notify.ts'
import { busChanged } from '../templates/bus_changed.ts'

/** Another bus runs: whoever rides hears of its plate and of the seats, which may be others. */
export const sendBusChange = on(BusChangedSchema, sends([busChanged]), { name: 'send-bus-change' })
