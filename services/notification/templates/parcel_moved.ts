import { create } from '@bufbuild/protobuf'
import { type ParcelMoved, ParcelMovedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { aDayLater, noticeValues, sampleRide, toPassenger } from './ride.ts'
import type { Say } from './say.ts'
import { template } from './template.ts'
import { words } from './words.ts'

/** A parcel for somebody: it is in the bus, or it can be fetched. */

function parcelValues(event: ParcelMoved, say: Say) {
  return { ...noticeValues(event, say), tagNumber: event.tagNumber, sender: event.senderName, code: event.pickupCode }
}

const common = {
  event: ParcelMovedSchema,
  to: toPassenger,
  reference: ({ tagNumber }: ParcelMoved) => tagNumber,
  values: parcelValues,
  usefulUntil: (_: ParcelMoved, now: Date) => aDayLater(now),
}

const sample = (arrived: boolean) =>
  create(ParcelMovedSchema, {
    tagNumber: 'K7QM2RXP',
    arrived,
    senderName: 'Jean Bosco',
    notice: sampleRide,
    pickupCode: arrived ? '482913' : '',
  })

export const parcelSent = template({
  ...common,
  name: 'parcel-sent',
  description: 'A parcel is on its way: its recipient is told',
  when: ({ arrived }) => !arrived,
  sms: {
    en: '{company}: parcel {tagNumber} from {sender} is on its way to {destination} (bus of {departure}). We send a code when you can fetch it.',
    rw: '{company}: umuzigo {tagNumber} woherejwe na {sender} uri mu nzira ujya {destination} (bisi ya {departure}). Tuzabaha kode nimushobora kuwufata.',
    fr: '{company} : le colis {tagNumber} de {sender} est en route pour {destination} (bus de {departure}). Vous recevrez un code pour le retirer.',
    sw: '{company}: kifurushi {tagNumber} kutoka kwa {sender} kiko njiani kwenda {destination} (basi la {departure}). Tutakutumia msimbo wa kukichukua.',
  },
  mail: {
    subject: {
      en: 'Parcel {tagNumber} is on its way',
      rw: 'Umuzigo {tagNumber} uri mu nzira',
      fr: 'Le colis {tagNumber} est en route',
      sw: 'Kifurushi {tagNumber} kiko njiani',
    },
    paragraphs: [
      {
        en: '{sender} sent you a parcel. It is on its way to {destination}.',
        rw: '{sender} yaboherereje umuzigo. Uri mu nzira ujya {destination}.',
        fr: '{sender} vous a envoyé un colis. Il est en route pour {destination}.',
        sw: '{sender} amekutumia kifurushi. Kiko njiani kwenda {destination}.',
      },
    ],
    facts: [
      { label: words.company, value: 'company' },
      { label: words.departure, value: 'departure' },
    ],
  },
  // The next one says what matters.
  repeatSmsAfterSeconds: null,
  sample: sample(false),
})

export const parcelArrived = template({
  ...common,
  name: 'parcel-arrived',
  description: 'A parcel can be fetched: its recipient is told for which code',
  when: ({ arrived }) => arrived,
  secrets: ['code'],
  sms: {
    en: '{company}: parcel {tagNumber} from {sender} is at {destination}. Give this code to fetch it: {code}',
    rw: '{company}: umuzigo {tagNumber} woherejwe na {sender} wageze {destination}. Tanga iyi kode uwufate: {code}',
    fr: '{company} : le colis {tagNumber} de {sender} est à {destination}. Donnez ce code pour le retirer : {code}',
    sw: '{company}: kifurushi {tagNumber} kutoka kwa {sender} kimefika {destination}. Toa msimbo huu ukichukue: {code}',
  },
  mail: {
    subject: {
      en: 'Parcel {tagNumber} can be fetched',
      rw: 'Umuzigo {tagNumber} wahageze',
      fr: 'Le colis {tagNumber} est arrivé',
      sw: 'Kifurushi {tagNumber} kimefika',
    },
    paragraphs: [
      {
        en: 'The parcel from {sender} is at {destination}. It is handed over for the code below.',
        rw: 'Umuzigo woherejwe na {sender} wageze {destination}. Muwuhabwa mutanze kode iri hasi.',
        fr: 'Le colis de {sender} est à {destination}. Il est remis contre le code ci-dessous.',
        sw: 'Kifurushi kutoka kwa {sender} kimefika {destination}. Utapewa kwa msimbo ulio hapa chini.',
      },
    ],
    facts: [
      { label: words.company, value: 'company' },
      { label: words.code, value: 'code' },
    ],
  },
  // Without the code it cannot be fetched.
  repeatSmsAfterSeconds: 600,
  sample: sample(true),
})
