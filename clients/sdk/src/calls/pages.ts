import type { CallOptions } from '@connectrpc/connect'

/** A method that lists: asked with a page token, it answers with the next one. */
export type ListCall<Request, Response> = (
  request: Request,
  options?: CallOptions,
) => Promise<Response & { readonly nextPageToken: string }>

/** The names of the fields of an answer that are lists. */
export type ListFieldOf<Response> = {
  [Name in keyof Response & string]: Response[Name] extends readonly unknown[] ? Name : never
}[keyof Response & string]

/** What the list holds. */
export type ItemOf<Response, Field extends keyof Response> = Response[Field] extends readonly (infer Item)[]
  ? Item
  : never

/**
 * Everything that a list method has, page by page as it is read; nothing is asked for that is not read.
 *
 * @param field which field of the answer is the list, e.g. `offers`.
 */
export async function* pages<Request extends object, Response, Field extends ListFieldOf<Response>>(
  call: ListCall<Request, Response>,
  request: Request,
  field: Field,
  options?: CallOptions,
): AsyncGenerator<ItemOf<Response, Field>, void, undefined> {
  let pageToken = 'pageToken' in request ? String(request.pageToken) : ''
  do {
    const page = await call({ ...request, pageToken }, options)
    // The type of `field` says that this is a list of such items; the compiler cannot follow it through the generic.
    yield* page[field] as readonly ItemOf<Response, Field>[]
    pageToken = page.nextPageToken
  } while (pageToken !== '')
}
