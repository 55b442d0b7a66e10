/** The parts of an API key, `tms_<prefix>_<secret>`. */
export type ApiKeyParts = { readonly prefix: string; readonly secret: string }

/** How long a retry of the call that made a key still gets its secret. */
export const RETRY_SECONDS = 600

const FORM = /^tms_([a-z0-9]{12})_([A-Za-z0-9_-]{43})$/

/** A key as its owner keeps it; scanners for leaked secrets find it by its beginning. */
export function formatApiKey({ prefix, secret }: ApiKeyParts): string {
  return `tms_${prefix}_${secret}`
}

/** The parts of a key; undefined when it has not the form of one. */
export function parseApiKey(text: string): ApiKeyParts | undefined {
  const [, prefix, secret] = FORM.exec(text) ?? []
  return prefix !== undefined && secret !== undefined ? { prefix, secret } : undefined
}
