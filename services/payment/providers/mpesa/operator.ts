import type { Settings } from '../../config.ts'
import type { DarajaClient } from './client.ts'
import { securityCredential } from './credential.ts'
import { TokenUnavailable } from '../token.ts'

/** The API operator in whose name refunds and questions are sent. */
export type Operator = {
  readonly name: string
  /** The operator's password, sealed anew for each request. @throws {TokenUnavailable} when the certificate cannot be had */
  credential(): Promise<string>
}

/** The operator of the settings; the certificate is fetched once when it is not among them. */
export function operatorOf(client: DarajaClient, settings: Settings): Operator {
  let fetched: Promise<string> | undefined
  const certificate = (): Promise<string> => {
    if (settings.mpesaCertificate !== 'fetch') return Promise.resolve(settings.mpesaCertificate)
    fetched ??= client.certificate()
    return fetched
  }
  return {
    name: settings.mpesaInitiator,
    credential: async () => {
      try {
        return securityCredential(settings.mpesaInitiatorPassword, await certificate())
      } catch (err) {
        fetched = undefined // a failed fetch, or what it brought, is not kept
        throw new TokenUnavailable('no certificate to seal the operator password with', { cause: err })
      }
    },
  }
}
