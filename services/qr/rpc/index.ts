import type { QrService } from '#gen/tms/qr/v1/qr_service_pb.ts'
import type { ServiceImpl } from '@connectrpc/connect'
import type { Ctx } from '../context.ts'
import { listRevocations } from './list_revocations.ts'
import { listVerificationKeys } from './list_verification_keys.ts'
import { renderQrCode } from './render_qr_code.ts'
import { revokeTickets } from './revoke_tickets.ts'
import { rotateKeys } from './rotate_keys.ts'
import { signLuggageTags } from './sign_luggage_tags.ts'
import { signTickets } from './sign_tickets.ts'
import { verifyLuggageTag } from './verify_luggage_tag.ts'
import { verifyTicket } from './verify_ticket.ts'

export const rpcs = (ctx: Ctx): ServiceImpl<typeof QrService> => ({
  signTickets: signTickets(ctx),
  revokeTickets: revokeTickets(ctx),
  verifyTicket: verifyTicket(ctx),
  signLuggageTags: signLuggageTags(ctx),
  verifyLuggageTag: verifyLuggageTag(ctx),
  listVerificationKeys: listVerificationKeys(ctx),
  listRevocations: listRevocations(ctx),
  renderQrCode: renderQrCode(ctx),
  rotateKeys: rotateKeys(ctx),
})
