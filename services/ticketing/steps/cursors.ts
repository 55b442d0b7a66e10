import { isUuid, pageOf, refuseCall, type Page } from '#kit'

type Paged = { readonly pageSize: number; readonly pageToken: string }
type Bounds = { readonly default: number; readonly max: number }

/**
 * As the kit's `pageOf`, for a cursor of text fields: a token that decodes to something else is not one of ours.
 *
 * @param fields what each field must look like
 * @throws {ConnectError} INVALID_ARGUMENT / PAGE_TOKEN_INVALID
 */
export function cursorPage<Field extends string>(
  request: Paged,
  bounds: Bounds,
  fields: Readonly<Record<Field, (text: string) => boolean>>,
): Page<Record<Field, string>> {
  const page = pageOf<Partial<Record<Field, unknown>> | null>(request, bounds)
  const { after } = page
  if (after === undefined) return { ...page, after }
  const fits = Object.entries<(text: string) => boolean>(fields).every(([name, looksRight]) => {
    const value = after?.[name as Field]
    return typeof value === 'string' && looksRight(value)
  })
  if (!fits) throw refuseCall('PAGE_TOKEN_INVALID', 'this page token is not one of ours; begin again without it')
  return { ...page, after: after as Record<Field, string> }
}

/** A UUID. */
export const anId = isUuid

/** An instant as `Date.toISOString` writes it. */
export const anInstant = (text: string) => /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) && !Number.isNaN(Date.parse(text))

/** Any short text without control characters. */
export const aKey = (text: string) => text.length <= 64 && !/\p{Cc}/u.test(text)

/** A whole number, from 0, as JavaScript writes it. */
export const aWholeNumber = (text: string) => /^\d{1,16}$/.test(text)
