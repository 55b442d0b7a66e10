import { refuseCall } from './errors.ts'

/** Where a page begins, and how long it is. */
export type Page<Cursor> = {
  readonly limit: number
  /** What the last page ended with; undefined on the first one. */
  readonly after: Cursor | undefined
}

/**
 * Reads the paging fields of a list request.
 *
 * @throws {ConnectError} INVALID_ARGUMENT / PAGE_TOKEN_INVALID for a token that we did not hand out
 */
export function pageOf<Cursor>(
  request: { readonly pageSize: number; readonly pageToken: string },
  bounds: { readonly default: number; readonly max: number },
): Page<Cursor> {
  const limit = request.pageSize === 0 ? bounds.default : Math.min(request.pageSize, bounds.max)
  return { limit, after: request.pageToken === '' ? undefined : (decode(request.pageToken) as Cursor) }
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
    throw refuseCall('PAGE_TOKEN_INVALID', 'this page token is not one of ours; begin again without it')
  }
}
