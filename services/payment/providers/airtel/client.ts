import type { KeyObject } from 'node:crypto'
import type { Context, Outbound, OutboundResponse } from '#kit'
import type { Settings } from '../../config.ts'
import { type Fields, fieldsOf, objectIn, textIn } from '../json.ts'
import { TokenUnavailable, tokenSource } from '../token.ts'
import { isUnwell, readAnswer } from './answers.ts'
import { keyFaults } from './codes.ts'
import { publicKeyIn, sealedPin, signatureOf } from './sealing.ts'

/** What is sent to Airtel, each with a circuit breaker of its own. */
export type AirtelOperation = 'collection' | 'refund' | 'disbursement'

/** Sends requests to Airtel with a valid token. */
export type AirtelClient = {
  /**
   * Answers of every status are answers; the caller reads them.
   *
   * @throws {OutboundError} when no answer came
   * @throws {TokenUnavailable} when nothing could be sent
   */
  post(operation: AirtelOperation, body: Fields): Promise<OutboundResponse>
  /** What became of something, or who somebody is. Throws as `post`. */
  get(path: string): Promise<OutboundResponse>
  /** The PIN of disbursements, encrypted anew. @throws {TokenUnavailable} when Airtel's key cannot be had */
  pin(): Promise<string>
  /** Milliseconds until an operation is tried again, when its circuit breaker is open. */
  openMs(operation: AirtelOperation): number | undefined
}

/** Tokens live for three minutes in most samples. */
const EARLY_MS = 20_000

/** A client of the Airtel that the settings name. */
export function airtelClient(ctx: Pick<Context, 'http' | 'clock'>, settings: Settings): AirtelClient {
  const breaker = { failures: 5, halfOpenAfterMs: settings.breakerSeconds * 1000 }
  const shared = { baseUrl: settings.airtelBaseUrl, timeoutMs: settings.airtelTimeoutMs, breaker, isFault: isUnwell }
  const open = (name: string) => ctx.http({ ...shared, name: `airtel-${name}` })
  const sending = { collection: open('collection'), refund: open('refund'), disbursement: open('disbursement') }
  const [asking, tokenHttp] = [open('enquiry'), open('token')]
  const tokens = tokenSource({
    clock: ctx.clock,
    ask: () => tokenHttp.send(tokenRequest(settings)),
    earlyMs: EARLY_MS,
    faultIn: ({ status, text }) => textIn(objectIn(text), 'error') || `http ${status}`,
  })

  const send = async (http: Outbound, request: Parameters<Outbound['send']>[0]): Promise<OutboundResponse> => {
    const sendWith = (token: string) => {
      const headers = { ...headersOf(settings), authorization: `Bearer ${token}`, ...request.headers }
      return http.send({ ...request, headers })
    }
    const token = await tokens.current()
    const response = await sendWith(token)
    if (response.status !== 401) return response
    // Refused before anything was done: once more with a new token is safe.
    tokens.discard(token)
    return sendWith(await tokens.current())
  }
  const get = (path: string) => send(asking, { method: 'GET', path })
  const keys = keySource(settings, () => get('/v1/rsa/encryption-keys'))

  return {
    get,
    post: async (operation, body) => {
      // The same text is signed and sent: written anew it would not match.
      const text = JSON.stringify(body)
      const signed = settings.airtelSigning ? signatureOf(text, await keys.current()) : {}
      const path = pathOf(operation, settings.airtelSigning ? 'v2' : 'v1')
      const response = await send(sending[operation], { method: 'POST', path, headers: signed, body: text })
      if (keyFaults.has(readAnswer(response).code)) keys.discard()
      return response
    },
    pin: async () => sealedPin(settings.airtelPin, await keys.current(), settings.airtelPinOaep),
    openMs: (operation) => sending[operation].openMs() ?? tokenHttp.openMs(),
  }
}

function pathOf(operation: AirtelOperation, version: 'v1' | 'v2'): string {
  switch (operation) {
    case 'collection':
      return `/merchant/${version}/payments/`
    case 'refund':
      return `/standard/${version}/payments/refund`
    case 'disbursement':
      return `/standard/${version}/disbursements/`
  }
}

function headersOf({ airtelCountry, airtelCurrency }: Settings) {
  return {
    'content-type': 'application/json',
    accept: '*/*',
    'x-country': airtelCountry,
    'x-currency': airtelCurrency,
  }
}

function tokenRequest({ airtelClientId, airtelClientSecret }: Settings) {
  const body = { client_id: airtelClientId, client_secret: airtelClientSecret, grant_type: 'client_credentials' }
  const headers = { 'content-type': 'application/json', accept: '*/*' }
  return { method: 'POST' as const, path: '/auth/oauth2/token', headers, body: JSON.stringify(body) }
}

/** Airtel's public key: of the settings, or fetched once and kept until it is not accepted any more. */
function keySource({ airtelPublicKey }: Settings, ask: () => Promise<OutboundResponse>) {
  let held: Promise<KeyObject> | undefined
  const load = async (): Promise<KeyObject> => {
    if (airtelPublicKey !== 'fetch') return publicKeyIn(airtelPublicKey)
    const response = await ask()
    return publicKeyIn(textIn(fieldsOf(objectIn(response.text)?.['data']), 'key'))
  }
  return {
    current: async (): Promise<KeyObject> => {
      held ??= load()
      try {
        return await held
      } catch (err) {
        held = undefined
        throw new TokenUnavailable('no key to encrypt for Airtel with', { cause: err })
      }
    },
    discard: () => {
      held = undefined
    },
  }
}
