import { derivedUuid } from '#kit'

/** Kinds of entries of a network, in the order in which one may point at another. */
export const networkKinds = [
  'layouts',
  'buses',
  'stops',
  'routes',
  'patterns',
  'fares',
  'calendars',
  'schedules',
] as const

/** One kind of entry. */
export type NetworkKind = (typeof networkKinds)[number]

/** What writing a network did to one kind. */
export type NetworkChange = {
  readonly kind: NetworkKind
  readonly createdCount: number
  readonly updatedCount: number
  readonly unchangedCount: number
}

/**
 * The id of what an entry makes: the same on every run, another in every company.
 *
 * What must not change under what was sold (seats of a layout, stops of a pattern) goes into the key, so that changed
 * content becomes a new thing beside the old one.
 */
export function entryId(tenantId: string, kind: NetworkKind | 'profiles', ...key: readonly string[]): string {
  return derivedUuid(tenantId, [kind, ...key].join('\n'))
}
