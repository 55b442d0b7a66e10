import { on } from '#kit'
import { RideTimeChangedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { sends } from '../sending/notify.ts'
import { rideOnTime, rideTimeChanged } from '../templates/ride_time_changed.ts'

/** A bus is late, on time again, or was moved in the timetable: whoever waits for it hears when it leaves. */
export const sendRideTime = on(RideTimeChangedSchema, sends([rideTimeChanged, rideOnTime]), { name: 'send-ride-time' })
