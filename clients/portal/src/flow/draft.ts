import { newId } from '@tms/sdk/passenger'
import type { Ride } from '../app/routes.ts'

/** What somebody is about to buy, kept so that a reload, a second click or the way back never make two of it. */
export type Draft = { readonly bookingId: string; readonly asked: string; readonly seats: readonly string[] }

/** The name that drafts of a ride are kept under. */
export function rideKeyOf({ tripId, fromSequence, toSequence }: Ride): string {
  return `${tripId}:${fromSequence}:${toSequence}`
}

const PREFIX = 'tms:draft:'
const itemOf = (rideKey: string) => `${PREFIX}${rideKey}`

/** The draft of a ride, if one was begun on this device. */
export function draftOf(rideKey: string): Draft | undefined {
  try {
    const draft = JSON.parse(localStorage.getItem(itemOf(rideKey)) ?? 'null') as Partial<Draft> | null
    const isWhole =
      typeof draft?.bookingId === 'string' && typeof draft.asked === 'string' && Array.isArray(draft.seats)
    return isWhole ? (draft as Draft) : undefined
  } catch {
    return undefined
  }
}

/** The draft that a request belongs to: that of the same request, else a new one. Keeps it before anything is sent. */
export function begin(
  rideKey: string,
  asked: string,
  seats: readonly string[],
): { readonly draft: Draft; readonly replaced: Draft | undefined } {
  const known = draftOf(rideKey)
  if (known?.asked === asked) return { draft: known, replaced: undefined }
  const draft = { bookingId: newId(), asked, seats }
  localStorage.setItem(itemOf(rideKey), JSON.stringify(draft))
  return { draft, replaced: known }
}

/** Forgets a booking that is bought, given back or refused: the same wish begins a new one. */
export function forget(rideKey: string, bookingId: string): void {
  if (draftOf(rideKey)?.bookingId === bookingId) localStorage.removeItem(itemOf(rideKey))
}

/** What the person typed last, so that nobody types a name twice. */
export type Traveller = { readonly names: readonly string[]; readonly phone: string; readonly country: string }

const TRAVELLER = 'tms:traveller'

export function rememberTraveller(traveller: Traveller): void {
  localStorage.setItem(TRAVELLER, JSON.stringify(traveller))
}

export function lastTraveller(): Traveller {
  const nobody = { names: [], phone: '', country: 'RW' }
  try {
    return { ...nobody, ...(JSON.parse(localStorage.getItem(TRAVELLER) ?? '{}') as Partial<Traveller>) }
  } catch {
    return nobody
  }
}

/** Forgets what was begun, and the names and the number that were typed. */
export function forgetDrafts(): void {
  for (const item of Object.keys(localStorage)) if (item.startsWith(PREFIX)) localStorage.removeItem(item)
  localStorage.removeItem(TRAVELLER)
}
