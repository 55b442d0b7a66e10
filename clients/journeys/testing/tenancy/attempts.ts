import type { DescMessage, DescService, MessageInitShape } from '@bufbuild/protobuf'
import type { Everything } from '../world/two_companies.ts'

/**
 * What one company does to get at another's rows by one RPC, and what must come of it.
 *
 * - `unknown`: asks for one thing of theirs; is told that there is no such thing.
 * - `hidden`: asks about something of theirs; gets an answer with nothing of it.
 * - `listed`: asks for all that there is; gets its own, and nothing of theirs.
 * - `refused`: wants to change what is theirs; is told that there is no such thing, or that it may not.
 * - `own`: changes its own; theirs stays as it is.
 * - `beside`: gives its own things the ids of theirs, or guesses; whatever it comes to, theirs stays as it is.
 * - `anybody`: open to everyone: shows what is on sale, and nobody's name, phone number, booking or ticket.
 * - `platform`: for the platform's staff alone.
 * - `service`: for services alone.
 */
export type Attempt<I extends DescMessage = DescMessage> =
  | { readonly kind: Kind; readonly requests: readonly MessageInitShape<I>[]; readonly as: 'manager' | 'passenger' }
  | { readonly kind: 'service' }

export type Kind = 'unknown' | 'hidden' | 'listed' | 'refused' | 'own' | 'beside' | 'anybody' | 'platform'

/** One attempt for each RPC of a service: the compiler asks for the one that is missing. */
export type Attempts<S extends DescService> = {
  readonly [M in keyof S['method']]: Attempt<S['method'][M]['input']>
}

/** Makes the attempts of one company at another's rows, by a service. */
export type AttemptsAt<S extends DescService> = (theirs: Everything, ours: Everything) => Attempts<S>

const attempt =
  (kind: Kind, as: 'manager' | 'passenger' = 'manager') =>
  <R>(...requests: R[]): { kind: Kind; requests: R[]; as: 'manager' | 'passenger' } => ({ kind, requests, as })

export const unknown = attempt('unknown')
export const hidden = attempt('hidden')
export const listed = attempt('listed')
export const refused = attempt('refused')
export const beside = attempt('beside')
export const own = attempt('own')
export const anybody = attempt('anybody')
export const platform = attempt('platform')
/** The same, by a passenger of the company. */
export const passenger = {
  unknown: attempt('unknown', 'passenger'),
  listed: attempt('listed', 'passenger'),
  refused: attempt('refused', 'passenger'),
  beside: attempt('beside', 'passenger'),
}
export const service = { kind: 'service' } as const
