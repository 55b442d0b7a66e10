import { isServiceDate, isUuid, type Page, pageOf, refuseCall } from '#kit'

/** Sizes of a page of any list. */
const bounds = { default: 50, max: 200 }

const checks = {
  uuid: isUuid,
  text: (text: string) => !text.includes('\0'),
  time: (text: string) => !Number.isNaN(Date.parse(text)),
  date: isServiceDate,
  number: (text: string) => /^\d{1,18}$/.test(text),
}

/** What the fields of a cursor are. */
type Shape<Cursor> = { readonly [Name in keyof Cursor]: keyof typeof checks }

/**
 * Reads where a page begins.
 *
 * Page tokens are readable by those who get them: what comes back is checked field by field before it reaches a query.
 *
 * @throws {ConnectError} INVALID_ARGUMENT / PAGE_TOKEN_INVALID for a token that we did not hand out
 */
export function pageFrom<Cursor>(
  request: { readonly pageSize: number; readonly pageToken: string },
  shape: Shape<Cursor>,
): Page<Cursor> {
  const page = pageOf<Cursor>(request, bounds)
  if (page.after !== undefined && !fits(page.after, shape)) {
    throw refuseCall('PAGE_TOKEN_INVALID', 'this page token is not one of ours; begin again without it')
  }
  return page
}

function fits(cursor: unknown, shape: Readonly<Record<string, keyof typeof checks>>): boolean {
  if (typeof cursor !== 'object' || cursor === null) return false
  const fields = cursor as Readonly<Record<string, unknown>>
  return Object.entries(shape).every(([name, kind]) => {
    const value = fields[name]
    return typeof value === 'string' && checks[kind](value)
  })
}
