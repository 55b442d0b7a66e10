import { on } from '#kit'
import { ParcelMovedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { sends } from '../sending/notify.ts'
import { parcelArrived, parcelSent } from '../templates/parcel_moved.ts'

/** A parcel is on its way or has arrived: whoever fetches it hears when, where, and for which code. */
export const sendParcelNews = on(ParcelMovedSchema, sends([parcelSent, parcelArrived]), { name: 'send-parcel-news' })
