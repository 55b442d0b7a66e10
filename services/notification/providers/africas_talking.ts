import { OutboundError, type OutboundResponse } from '#kit'
import type { Ctx } from '../context.ts'
import type { Outcome } from '../domain/outcome.ts'
import type { Outgoing, Provider } from './provider.ts'

/**
 * SMS by Africa's Talking, `POST /version1/messaging`.
 *
 * The API has no idempotency key: a request whose answer is lost may have been taken.
 * Source: developers.africastalking.com, "Sending SMS"; AfricasTalkingLtd/africastalking-node.js.
 */
export function africasTalking({ http, settings }: Pick<Ctx, 'http' | 'settings'>): Provider {
  const api = http({ name: 'africastalking', baseUrl: settings.smsBaseUrl, timeoutMs: 15_000 })
  const headers = {
    apiKey: settings.smsApiKey,
    Accept: 'application/json',
    'Content-Type': 'application/x-www-form-urlencoded',
  }
  const formOf = ({ recipient, text }: Outgoing) => ({
    username: settings.smsUsername,
    to: recipient,
    message: text,
    ...(settings.smsSender !== '' && { from: settings.smsSender }),
  })
  return {
    send: async (message) => {
      const body = new URLSearchParams(formOf(message)).toString()
      try {
        return outcomeOf(await api.send({ method: 'POST', path: '/version1/messaging', headers, body }))
      } catch (err) {
        if (!(err instanceof OutboundError)) throw err
        return { kind: err.outcome === 'not-sent' ? 'postponed' : 'unknown', reason: 'unreachable' }
      }
    },
    close: () => undefined,
  }
}

type Recipient = { readonly statusCode: number; readonly status: string; readonly messageId: string }

/** Reads an answer. Exported for tests with recorded answers. */
export function outcomeOf({ status, text }: Pick<OutboundResponse, 'status' | 'text'>): Outcome {
  if (status === 201 || status === 200) return outcomeOfAnswer(text)
  // A bad key or an overloaded API: certainly not taken, and a person or time will mend it.
  if (status === 401 || status === 403 || status === 429 || status === 503) {
    return { kind: 'postponed', reason: `http-${status}` }
  }
  if (status >= 400 && status < 500) return { kind: 'refused', reason: `http-${status}` }
  // A 500 or 504 may come from a proxy after the API took the message.
  return { kind: 'unknown', reason: `http-${status}` }
}

function outcomeOfAnswer(text: string): Outcome {
  const data = parse(text)
  if (!data) return { kind: 'unknown', reason: 'unreadable-answer' }
  const [recipient] = data.recipients
  // Refused before any recipient was looked at: the message says why, e.g. InvalidSenderId.
  return recipient ? outcomeOfRecipient(recipient) : { kind: 'refused', reason: wordOf(data.message) }
}

/** Not taken for a reason that passes: no balance, no route for now, faults of theirs. */
const passing: ReadonlySet<number> = new Set([405, 407, 500, 501])

function outcomeOfRecipient({ statusCode, status, messageId }: Recipient): Outcome {
  if (statusCode >= 100 && statusCode <= 102) return { kind: 'accepted', messageId }
  return { kind: passing.has(statusCode) ? 'postponed' : 'refused', reason: wordOf(status) }
}

/** Reasons are kept and shown: one word, never a text that may name somebody. */
const wordOf = (text: string) => /^\w{1,64}$/.exec(text)?.[0] ?? 'refused'

function parse(text: string): { readonly message: string; readonly recipients: readonly Recipient[] } | undefined {
  try {
    const { SMSMessageData: data } = JSON.parse(text) as { SMSMessageData?: Record<string, unknown> }
    if (!data || !Array.isArray(data['Recipients'])) return undefined
    return { message: String(data['Message']), recipients: data['Recipients'].map(recipientOf) }
  } catch {
    return undefined
  }
}

function recipientOf(raw: Readonly<Record<string, unknown>>): Recipient {
  return { statusCode: Number(raw['statusCode']), status: String(raw['status']), messageId: String(raw['messageId']) }
}
