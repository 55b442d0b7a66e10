import { on } from '#kit'
import { MemberInvitedSchema } from '#gen/tms/tenant/v1/events_pb.ts'
import { sends } from '../sending/notify.ts'
import { memberInvited } from '../templates/member_invited.ts'

/** An invitation reaches the person who was invited. */
export const sendInvitation = on(MemberInvitedSchema, sends([memberInvited]), { name: 'send-invitation' })
