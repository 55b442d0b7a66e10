import { refuseCall } from './errors.ts'

/** Where a page begins, and how long it is. */
export type Page<Cursor> = {
  readonly limit: number
  /** What the last page ended with; undefined on the first one. */
  readonly after: Cursor | undefined
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Whether a cursor is one id. */
export function isIdCursor(cursor: unknown): cursor is string {
  return typeof cursor === 'string' && UUID.test(cursor)
}

/** Whether a cursor is one text. */
export function isTextCursor(cursor: unknown): cursor is string {
  return typeof cursor === 'string' && !cursor.includes('\u0000')
}

/**
 * Reads the paging fields of a list request.
 *
 * @param isCursor whether a token has the form of those that this list hands out: anybody can make up one that has not,
 *   and the database would choke on it
 * @throws {ConnectError} INVALID_ARGUMENT / PAGE_TOKEN_INVALID for a token that we did not hand out
 */
export function pageOf<Cursor>(
  request: { readonly pageSize: number; readonly pageToken: string },
  bounds: { readonly default: number; readonly max: number },
  isCursor?: (cursor: unknown) => cursor is Cursor,
): Page<Cursor> {
  const limit = request.pageSize === 0 ? bounds.default : Math.min(request.pageSize, bounds.max)
  if (request.pageToken === '') return { limit, after: undefined }
  const after = decode(request.pageToken)
  if (isCursor && !isCursor(after)) throw notOurs()
  return { limit, after: after as Cursor }
}

/**
 * The token of the next page: empty when this one was the last.
 *
 * Ask the database for `limit` rows: a full page may be followed by an empty one.
 */
export function nextPageToken<Row>(rows: readonly Row[], limit: number, cursorOf: (row: Row) => unknown): string {
  const last = rows.at(-1)
  if (last === undefined || rows.length < limit) return ''
  return Buffer.from(JSON.stringify(cursorOf(last))).toString('base64url')
}

function decode(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString('utf8'))
  } catch {
    throw notOurs()
  }
}

function notOurs() {
  return refuseCall('PAGE_TOKEN_INVALID', 'this page token is not one of ours; begin again without it')
}
