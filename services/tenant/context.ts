import type { Context } from '#kit'
import { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Settings } from './config.ts'

/** auth grants what is recorded here. */
export const calls = { auth: AuthService }

/** What every part of tenant is given. */
export type Ctx = Context<typeof calls, Settings>
