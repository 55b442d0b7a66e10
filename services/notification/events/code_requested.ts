import { on } from '#kit'
import { CodeRequestedSchema } from '#gen/tms/auth/v1/events_pb.ts'
import { sends } from '../sending/notify.ts'
import { oneTimeCode, passwordResetCode } from '../templates/one_time_code.ts'

/** A one-time code reaches its owner, who waits for it. */
export const sendCode = on(CodeRequestedSchema, sends([oneTimeCode, passwordResetCode]), { name: 'send-code' })
