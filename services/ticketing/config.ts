import { integer, type SettingsOf } from '#kit'

/** What can be set from outside. */
export const settings = {
  holdSeconds: integer('TICKETING_HOLD_SECONDS', {
    default: 600,
    min: 30,
    max: 3_600,
    help: 'how long an unpaid seat is kept',
  }),
  cutoffSeconds: integer('TICKETING_CUTOFF_SECONDS', {
    default: 300,
    min: 0,
    max: 86_400,
    help: 'how long before the departure sales end',
  }),
  searchCacheSeconds: integer('TICKETING_SEARCH_CACHE_SECONDS', {
    default: 5,
    min: 0,
    max: 300,
    help: 'how long a found timetable is kept in Redis; free seats never are',
  }),
  connectionsCacheSeconds: integer('TICKETING_CONNECTIONS_CACHE_SECONDS', {
    default: 300,
    min: 0,
    max: 3_600,
    help: 'how long the pairs of towns on sale are kept in Redis',
  }),
  ticketGraceSeconds: integer('TICKETING_TICKET_GRACE_SECONDS', {
    default: 21_600,
    min: 60,
    help: 'how long after the planned arrival a ticket still counts: buses are late',
  }),
}

export type Settings = SettingsOf<typeof settings>
