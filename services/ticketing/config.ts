import { integer, list, type SettingsOf } from '#kit'

/** What can be set from outside. */
export const settings = {
  holdSeconds: integer('TICKETING_HOLD_SECONDS', {
    default: 600,
    min: 30,
    max: 3_600,
    help: 'how long an unpaid seat is kept',
  }),
  quoteSeconds: integer('TICKETING_QUOTE_SECONDS', {
    default: 900,
    min: 30,
    max: 86_400,
    help: 'how long a quoted price is held',
  }),
  cutoffSeconds: integer('TICKETING_CUTOFF_SECONDS', {
    default: 300,
    min: 0,
    max: 86_400,
    help: 'how long before the departure sales end',
  }),
  choiceHours: integer('TICKETING_CHOICE_HOURS', {
    default: 24,
    min: 1,
    max: 168,
    help: 'how long passengers of a cancelled trip may choose, if the next trip does not leave before',
  }),
  moveHours: integer('TICKETING_MOVE_HOURS', {
    default: 48,
    min: 0,
    max: 336,
    help: 'how much later the next trip may leave that passengers of a cancelled one are offered',
  }),
  searchCacheSeconds: integer('TICKETING_SEARCH_CACHE_SECONDS', {
    default: 5,
    min: 0,
    max: 300,
    help: 'how long the list of a day’s rides is kept in Redis; what is shown of each never is',
  }),
  connectionsCacheSeconds: integer('TICKETING_CONNECTIONS_CACHE_SECONDS', {
    default: 300,
    min: 0,
    max: 3_600,
    help: 'how long the pairs of towns on sale are kept in Redis',
  }),
  receiptLimits: list('TICKETING_RECEIPT_LIMITS', {
    default: ['KES:500', 'RWF:5000', 'TZS:10000', 'UGX:15000'],
    help: 'above which an expense from a till needs a receipt, in whole units; never in other currencies',
  }),
  ticketGraceSeconds: integer('TICKETING_TICKET_GRACE_SECONDS', {
    default: 21_600,
    min: 60,
    help: 'how long after the planned arrival a ticket still counts: buses are late',
  }),
  enrolmentSeconds: integer('TICKETING_ENROLMENT_SECONDS', {
    default: 900,
    min: 60,
    max: 86_400,
    help: "how long a counter device's enrolment code counts",
  }),
  leaseSeconds: integer('TICKETING_LEASE_SECONDS', {
    default: 14_400,
    min: 60,
    max: 86_400,
    help: 'how long a counter device may sell the seats that it is lent',
  }),
  leaseGraceSeconds: integer('TICKETING_LEASE_GRACE_SECONDS', {
    default: 1_800,
    min: 0,
    max: 86_400,
    help: 'how long after its lease a sale that was made in time still finds its seat',
  }),
  leaseSeats: integer('TICKETING_LEASE_SEATS', {
    default: 20,
    min: 1,
    max: 60,
    help: 'unsold seats that one device may have of one trip',
  }),
}

export type Settings = SettingsOf<typeof settings>
