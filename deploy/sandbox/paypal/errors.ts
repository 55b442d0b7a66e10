import { json } from '../net/answers.ts'
import type { Answer } from '../net/router.ts'
import { HEX, type Random } from '../world/random.ts'

/** PayPal's refusals by their name, and the HTTP status of each. */
const statuses = {
  INVALID_REQUEST: 400,
  AUTHENTICATION_FAILURE: 401,
  RESOURCE_NOT_FOUND: 404,
  RESOURCE_CONFLICT: 409,
  UNPROCESSABLE_ENTITY: 422,
  RATE_LIMIT_REACHED: 429,
  INTERNAL_SERVER_ERROR: 500,
  SERVICE_UNAVAILABLE: 503,
} as const

/** A refusal: its name, and the issue that says what is wrong. */
export class PayPalError extends Error {
  readonly status: number
  readonly issue: string
  readonly title: keyof typeof statuses

  constructor(title: keyof typeof statuses, issue: string) {
    super(issue)
    this.title = title
    this.issue = issue
    this.status = statuses[title]
  }
}

export const unprocessable = (issue: string) => new PayPalError('UNPROCESSABLE_ENTITY', issue)
export const invalid = (issue: string) => new PayPalError('INVALID_REQUEST', issue)
export const notFound = () => new PayPalError('RESOURCE_NOT_FOUND', 'INVALID_RESOURCE_ID')

/** The envelope of every refusal. */
export function refusal(random: Random, { title, issue, status }: PayPalError): Answer {
  return json(status, {
    name: title,
    message: 'The requested action could not be performed.',
    debug_id: random.text(HEX, 13),
    details: [{ issue, description: issue.toLowerCase().replaceAll('_', ' ') }],
    links: [{ href: 'https://developer.paypal.com', rel: 'information_link', method: 'GET' }],
  })
}

/** Refusals that carry another name than UNPROCESSABLE_ENTITY. */
export function mocked(issue: string): PayPalError {
  return issue === 'INTERNAL_SERVER_ERROR' || issue === 'SERVICE_UNAVAILABLE' || issue === 'RATE_LIMIT_REACHED'
    ? new PayPalError(issue, issue)
    : unprocessable(issue)
}
