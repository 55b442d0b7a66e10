import { json } from '../net/answers.ts'
import type { Answer } from '../net/router.ts'
import type { C2bUrls, Daraja } from './daraja.ts'
import { invalid } from './errors.ts'
import { type Body, oneOf, shortCodeIn, urlIn } from './fields.ts'
import { merchantRequestId } from './ids.ts'

/** Words that Safaricom refuses in a registered address. */
const FORBIDDEN = /m-?pesa|safaricom|exec?|cmd|sql|query/i

/**
 * `POST /mpesa/c2b/v1|v2/registerurl`: where to tell of payments that customers begin themselves.
 *
 * Production takes one registration per short code; the sandbox, like Safaricom's own, lets the newest win.
 */
export function c2bRegister(daraja: Daraja, body: Body, version: C2bUrls['version']): Answer {
  const shortCode = shortCodeIn(body, 'ShortCode')
  daraja.c2bUrls.set(shortCode, {
    responseType: oneOf(body, 'ResponseType', ['Completed', 'Cancelled']),
    confirmationUrl: allowedUrl(body, 'ConfirmationURL'),
    validationUrl: allowedUrl(body, 'ValidationURL'),
    version,
  })
  return json(200, {
    OriginatorCoversationID: merchantRequestId(daraja.world.random),
    ResponseCode: '0',
    ResponseDescription: 'Success',
  })
}

function allowedUrl(body: Body, field: string): string {
  const url = urlIn(body, field)
  if (FORBIDDEN.test(url)) throw invalid(field)
  return url
}
