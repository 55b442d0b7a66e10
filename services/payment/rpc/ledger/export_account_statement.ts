import { type Handler, sessionOf, toDecimal } from '#kit'
import type { LedgerService } from '#gen/tms/payment/v1/ledger_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { ownAccount } from './own_account.ts'
import { periodOf, placeAfter, readStatement, type StatementCursor } from './statement.ts'

const ROWS_PER_PIECE = 500
const HEADER =
  'post_time,entry_id,kind,cause_id,payment_intent_id,counterpart_kind,counterpart_holder,currency,change,balance'

/** A statement whole, as CSV. Each piece is a transaction of its own: a slow reader holds no connection. */
export const exportAccountStatement = (ctx: Ctx): Handler<typeof LedgerService.method.exportAccountStatement> =>
  async function* (req, call) {
    const account = ownAccount(sessionOf(call), req.account)
    const period = periodOf(req)
    // The company of the token, said aloud: what a stream does between its messages is not part of the call.
    const rows = { tenantId: account.holder }
    yield { csv: lineOf(HEADER.split(',')) }
    let after: StatementCursor | undefined
    do {
      const { lines } = await readStatement(ctx, account, period, { limit: ROWS_PER_PIECE, after }, rows)
      const texts = lines.map(({ row, change, balance }) =>
        [
          row.postTime.toISOString(),
          row.entryId,
          row.kind,
          row.causeId,
          row.paymentIntentId ?? '',
          row.counterpart.kind,
          row.counterpart.holder,
          account.currency,
          toDecimal(change),
          toDecimal(balance),
        ]
          .map(quoted)
          .join(','),
      )
      if (texts.length > 0) yield { csv: lineOf(texts, '\r\n') }
      const last = lines.at(-1)
      after = last && lines.length === ROWS_PER_PIECE ? placeAfter(last) : undefined
    } while (after && !call.signal.aborted)
  }

const encoder = new TextEncoder()

function lineOf(parts: readonly string[], separator = ','): Uint8Array {
  return encoder.encode(`${parts.join(separator)}\r\n`)
}

/** RFC 4180: a value with a comma, quote or line break stands in quotes. */
function quoted(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}
