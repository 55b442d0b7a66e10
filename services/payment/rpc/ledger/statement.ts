import type { MessageInitShape } from '@bufbuild/protobuf'
import { type Timestamp } from '@bufbuild/protobuf/wkt'
import { add, money, type Money, moneyToProto, negate, nextPageToken, pageOf, refuseCall, type RowsOf } from '#kit'
import type { StatementLineSchema } from '#gen/tms/payment/v1/ledger_pb.ts'
import type { Ctx } from '../../context.ts'
import { lineToProto } from '../../convert_ledger.ts'
import { normalSides } from '../../domain/books.ts'
import { balanceOf, type CurrencyAccount } from '../../store/balances.ts'
import { type StatementRow, statementRows } from '../../store/statement.ts'
import { PAGE } from '../page.ts'
import { instantOf } from '../instant.ts'

/** A time from its first instant to its last, exclusive. */
export type Period = { readonly start: Date; readonly end: Date }

/** The period of a request. @throws {ConnectError} INVALID_ARGUMENT / REQUEST_INVALID when it ends before it begins */
export function periodOf(req: { readonly startTime?: Timestamp; readonly endTime?: Timestamp }): Period {
  const start = req.startTime ? instantOf(req.startTime, 'start_time') : new Date(0)
  const end = req.endTime ? instantOf(req.endTime, 'end_time') : start
  if (start < end) return { start, end }
  const fields = [{ field: 'end_time', description: 'must be after start_time' }]
  throw refuseCall('REQUEST_INVALID', 'the period ends before it begins', {}, { fields })
}

/** Where a page begins: after a row, with what was on the account then. */
export type StatementCursor = { readonly time: string; readonly order: string; readonly minor: string }

type Line = { readonly row: StatementRow; readonly change: Money; readonly balance: Money }

/** A page of a statement, each transfer with the balance after it. @param rows whose rows are seen */
export async function readStatement(
  ctx: Ctx,
  account: CurrencyAccount,
  period: Period,
  page: { readonly limit: number; readonly after: StatementCursor | undefined },
  rows: RowsOf,
): Promise<{ readonly opening: Money; readonly lines: readonly Line[] }> {
  const { after, limit } = page
  return ctx.db.transaction(async (tx) => {
    const opening = after ? money(account.currency, BigInt(after.minor)) : await balanceOf(tx, account, period.start)
    const place = after && { postTime: new Date(after.time), postOrder: after.order }
    const found = await statementRows(tx, account, period, { limit, after: place })
    let balance = opening
    const lines = found.map((row) => {
      const change = row.side === normalSides[account.kind] ? row.amount : negate(row.amount)
      balance = add(balance, change)
      return { row, change, balance }
    })
    return { opening, lines }
  }, rows)
}

/** Where the page after a line begins. */
export function placeAfter({ row, balance }: Line): StatementCursor {
  return { time: row.postTime.toISOString(), order: row.postOrder, minor: balance.minor.toString() }
}

type StatementRequest = Parameters<typeof periodOf>[0] & { readonly pageSize: number; readonly pageToken: string }

/** Answers a request for a page of a statement. */
export async function statementPage(ctx: Ctx, account: CurrencyAccount, req: StatementRequest) {
  const period = periodOf(req)
  const { limit, after } = pageOf<StatementCursor>(req, PAGE, isCursor)
  const { opening, lines } = await readStatement(ctx, account, period, { limit, after }, 'session')
  const wire = lines.map(({ row, change, balance }): MessageInitShape<typeof StatementLineSchema> =>
    lineToProto(row, change, balance),
  )
  return {
    openingBalance: moneyToProto(opening),
    lines: wire,
    closingBalance: moneyToProto(lines.at(-1)?.balance ?? opening),
    nextPageToken: nextPageToken(lines, limit, placeAfter),
  }
}

/** The balance in a token is its holder's own affair: he who changes it deceives himself. */
function isCursor(cursor: unknown): cursor is StatementCursor {
  const { time, order, minor } = (cursor ?? {}) as Record<string, unknown>
  return (
    typeof time === 'string' &&
    !Number.isNaN(Date.parse(time)) &&
    [order, minor].every((part) => typeof part === 'string' && /^-?[0-9]{1,18}$/.test(part))
  )
}
