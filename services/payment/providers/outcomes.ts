import { OutboundError, type OutboundResponse } from '#kit'
import type { Submission, Verdict } from './provider.ts'
import { TokenUnavailable } from './token.ts'

/**
 * What became of a request that moves money. An answer is read by `read`; where none came, whether the request can have
 * arrived decides: a failure would invite a second charge.
 */
export async function submitted(
  sending: Promise<OutboundResponse>,
  read: (response: OutboundResponse) => Submission,
): Promise<Submission> {
  try {
    return read(await sending)
  } catch (err) {
    if (err instanceof TokenUnavailable) return { outcome: 'RETRYABLE', code: 'no token' }
    if (!(err instanceof OutboundError)) throw err
    return err.outcome === 'not-sent'
      ? { outcome: 'RETRYABLE', code: 'not sent' }
      : { outcome: 'UNKNOWN', code: 'no answer' }
  }
}

/** A question's verdict: no answer is UNKNOWN, and asked again. */
export async function verdictOf(ask: () => Promise<Verdict>): Promise<Verdict> {
  try {
    return await ask()
  } catch (err) {
    if (err instanceof OutboundError || err instanceof TokenUnavailable) return { outcome: 'UNKNOWN', code: err.name }
    throw err
  }
}
