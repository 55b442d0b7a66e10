/** A language that headings are written in. */
export type PaperLanguage = 'en' | 'rw' | 'fr' | 'sw'

type Texts = Readonly<Record<PaperLanguage, string>>

/** What stands on a printed manifest. */
export const words = {
  manifest: { en: 'Manifest', rw: 'Urutonde rw’abagenzi', fr: 'Liste des passagers', sw: 'Orodha ya abiria' },
  bus: { en: 'Bus', rw: 'Bisi', fr: 'Bus', sw: 'Basi' },
  driver: { en: 'Driver', rw: 'Umushoferi', fr: 'Chauffeur', sw: 'Dereva' },
  departure: { en: 'Departure', rw: 'Guhaguruka', fr: 'Départ', sw: 'Kuondoka' },
  classes: { en: 'Classes', rw: 'Ibyiciro', fr: 'Classes', sw: 'Madaraja' },
  stops: { en: 'Stops', rw: 'Aho bisi ihagarara', fr: 'Arrêts', sw: 'Vituo' },
  passengers: { en: 'Passengers', rw: 'Abagenzi', fr: 'Passagers', sw: 'Abiria' },
  seat: { en: 'Seat', rw: 'Umwanya', fr: 'Siège', sw: 'Kiti' },
  seatClass: { en: 'Class', rw: 'Icyiciro', fr: 'Classe', sw: 'Daraja' },
  seats: { en: 'Seats', rw: 'Imyanya', fr: 'Sièges', sw: 'Viti' },
  tickets: { en: 'Tickets', rw: 'Amatike', fr: 'Billets', sw: 'Tiketi' },
  name: { en: 'Name', rw: 'Izina', fr: 'Nom', sw: 'Jina' },
  from: { en: 'From', rw: 'Ava', fr: 'De', sw: 'Kutoka' },
  to: { en: 'To', rw: 'Ajya', fr: 'À', sw: 'Hadi' },
  phone: { en: 'Phone', rw: 'Telefone', fr: 'Téléphone', sw: 'Simu' },
  ticket: { en: 'Ticket', rw: 'Itike', fr: 'Billet', sw: 'Tiketi' },
  state: { en: 'State', rw: 'Uko bimeze', fr: 'État', sw: 'Hali' },
  luggage: { en: 'Luggage', rw: 'Imizigo', fr: 'Bagages', sw: 'Mizigo' },
  note: { en: 'Note', rw: 'Icyitonderwa', fr: 'Remarque', sw: 'Maelezo' },
  stop: { en: 'Stop', rw: 'Ahahagarara', fr: 'Arrêt', sw: 'Kituo' },
  time: { en: 'Time', rw: 'Isaha', fr: 'Heure', sw: 'Saa' },
  on: { en: 'On', rw: 'Binjira', fr: 'Montent', sw: 'Wanaopanda' },
  off: { en: 'Off', rw: 'Basohoka', fr: 'Descendent', sw: 'Wanaoshuka' },
  ISSUED: { en: 'expected', rw: 'ategerejwe', fr: 'attendu', sw: 'anasubiriwa' },
  BOARDED: { en: 'on board', rw: 'yinjiye', fr: 'à bord', sw: 'amepanda' },
  NO_SHOW: { en: 'missed', rw: 'yasigaye', fr: 'absent', sw: 'hakufika' },
  VOID: { en: 'void', rw: 'yahagaritswe', fr: 'annulé', sw: 'imefutwa' },
  VIP: { en: 'VIP', rw: 'VIP', fr: 'VIP', sw: 'VIP' },
  STANDARD: { en: 'Standard', rw: 'Isanzwe', fr: 'Standard', sw: 'Kawaida' },
} as const satisfies Record<string, Texts>

/** A word by its name. */
export type Word = keyof typeof words
