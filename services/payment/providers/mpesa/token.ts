import type { Clock, Outbound } from '#kit'
import { type TokenSource, tokenSource } from '../token.ts'
import { faultIn } from './envelope.ts'

/** Tokens by `GET /oauth/v1/generate`. A new token ends the one before, so that there must be only one fetch at a time. */
export function darajaTokens(http: Outbound, clock: Clock, consumer: { key: string; secret: string }): TokenSource {
  const basic = Buffer.from(`${consumer.key}:${consumer.secret}`).toString('base64')
  return tokenSource({
    clock,
    ask: () =>
      http.send({
        method: 'GET',
        path: '/oauth/v1/generate?grant_type=client_credentials',
        headers: { authorization: `Basic ${basic}` },
      }),
    earlyMs: 60_000,
    faultIn: (response) => faultIn(response).code,
  })
}
