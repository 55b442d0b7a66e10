import type { Texts } from '../domain/language.ts'

/** Words that more than one message uses. */

export const words = {
  company: { en: 'Company', rw: 'Ikigo', fr: 'Compagnie', sw: 'Kampuni' },
  booking: { en: 'Booking', rw: 'Kode y’itike', fr: 'Réservation', sw: 'Nambari ya nafasi' },
  route: { en: 'Route', rw: 'Urugendo', fr: 'Trajet', sw: 'Safari' },
  departure: { en: 'Departure', rw: 'Igihe cyo guhaguruka', fr: 'Départ', sw: 'Kuondoka' },
  newDeparture: {
    en: 'New departure',
    rw: 'Igihe gishya cyo guhaguruka',
    fr: 'Nouveau départ',
    sw: 'Kuondoka kupya',
  },
  chooseUntil: { en: 'Choose until', rw: 'Hitamo mbere ya', fr: 'Choisir avant', sw: 'Chagua kabla ya' },
  choose: { en: 'Choose', rw: 'Hitamo', fr: 'Choisir', sw: 'Chagua' },
  seats: { en: 'Seats', rw: 'Imyanya', fr: 'Sièges', sw: 'Viti' },
  bus: { en: 'Bus', rw: 'Bisi', fr: 'Bus', sw: 'Basi' },
  paid: { en: 'Paid', rw: 'Mwishyuye', fr: 'Payé', sw: 'Umelipa' },
  refund: { en: 'Refund', rw: 'Murasubizwa', fr: 'Remboursement', sw: 'Utarudishiwa' },
  reason: { en: 'Reason', rw: 'Impamvu', fr: 'Motif', sw: 'Sababu' },
  code: { en: 'Code', rw: 'Kode', fr: 'Code', sw: 'Msimbo' },
  showTickets: { en: 'Show tickets', rw: 'Reba amatike', fr: 'Voir les billets', sw: 'Ona tiketi' },
  accept: { en: 'Accept', rw: 'Emeza', fr: 'Accepter', sw: 'Kubali' },
} as const satisfies Record<string, Texts>
