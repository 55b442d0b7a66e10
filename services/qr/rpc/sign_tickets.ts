import type { Handler, Queries } from '#kit'
import type { QrService } from '#gen/tms/qr/v1/qr_service_pb.ts'
import type { TicketClaims, TicketPayload } from '#gen/tms/qr/v1/ticket_pb.ts'
import { claimsOf, decodeClaims, encodeClaims, samePromise } from '../code/claims.ts'
import { decodeCode } from '../code/ticket_code.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { keyringOf } from '../keys/keyring.ts'
import { signCode, type SigningKeys } from '../keys/signing.ts'
import type { SignedTicketRow } from '../store/schema.ts'
import { addTickets, codesOf } from '../store/tickets.ts'

/** Signs the tickets of a booking; one statement stores their codes, which keeps this off the critical path of a sale. */
export const signTickets =
  (ctx: Ctx): Handler<typeof QrService.method.signTickets> =>
  async ({ payloads }) => {
    const keys = await keyringOf(ctx).signingKeys()
    const now = ctx.clock.now()
    const tickets = payloads.map((payload) => signOne(payload, keys, now))
    // Ticketing signs for every company; each row keeps its own.
    const added = await addTickets(
      ctx.db.system,
      tickets.map(({ row }) => row),
    )
    const repeated = tickets.filter(({ row }) => !added.has(row.ticketId))
    const firstCodes = await firstCodesOf(ctx.db.system, repeated)
    return {
      tickets: tickets.map(({ row }) => ({ ticketId: row.ticketId, code: firstCodes.get(row.ticketId) ?? row.code })),
    }
  }

type NewTicket = { readonly claims: TicketClaims; readonly row: SignedTicketRow }

function signOne(payload: TicketPayload, keys: SigningKeys, now: Date): NewTicket {
  const claims = readableClaims(payload, now)
  return {
    claims,
    row: {
      ticketId: payload.ticketId.toLowerCase(),
      tenantId: payload.tenantId,
      code: signCode(encodeClaims(claims), keys),
      macKeyId: keys.mac.keyId,
      signatureKeyId: keys.signature.keyId,
      expireTime: new Date(claims.expireSeconds * 1000),
      createTime: now,
    },
  }
}

function readableClaims(payload: TicketPayload, now: Date): TicketClaims {
  try {
    return claimsOf(payload, now)
  } catch (err) {
    if (err instanceof RangeError) throw refuse('TIME_UNREADABLE', err.message, { ticket_id: payload.ticketId })
    throw err
  }
}

/** The codes that tickets got when they were signed first. Refuses those that promised something else then. */
async function firstCodesOf(db: Queries, repeated: readonly NewTicket[]): Promise<Map<string, string>> {
  if (repeated.length === 0) return new Map()
  const codes = await codesOf(
    db,
    repeated.map(({ row }) => row.ticketId),
  )
  for (const { claims, row } of repeated) {
    const first = decodeCode(codes.get(row.ticketId) ?? '')
    if (!first || !samePromise(decodeClaims(first.payload), claims)) {
      throw refuse('TICKET_CHANGED', 'this ticket was signed with other contents', { ticket_id: row.ticketId })
    }
  }
  return codes
}
