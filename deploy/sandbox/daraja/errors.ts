import type { Answer } from '../net/router.ts'
import { json } from '../net/answers.ts'
import type { Random } from '../world/random.ts'
import { requestId } from './ids.ts'

/** A synchronous refusal. The first three digits of a Daraja error code are its HTTP status. */
export class DarajaError extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

export const invalid = (field: string) => new DarajaError('400.002.02', `Bad Request - Invalid ${field}`)
export const invalidToken = () => new DarajaError('404.001.03', 'Invalid Access Token')

/** What an outage of Daraja itself looks like from outside. */
export const outages = {
  maintenance: new DarajaError('500.002.1001', 'Service is currently under maintenance. Please try again later'),
  busy: new DarajaError('500.003.02', 'Error Occurred - Spike Arrest Violation'),
  quota: new DarajaError('500.003.03', 'Error Occurred - Quota Violation'),
} as const

/** The envelope of every refusal: `{ requestId, errorCode, errorMessage }`. */
export function refusal(random: Random, error: DarajaError, id = requestId(random)): Answer {
  const body = { requestId: id, errorCode: error.code, errorMessage: error.message }
  return json(Number(error.code.slice(0, 3)), body)
}
