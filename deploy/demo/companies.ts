import type { LineKey } from './lines.ts'

/** A company of the demo: invented, so that no real one is spoken for. */
export type DemoCompany = {
  readonly tenantId: string
  readonly slug: string
  readonly name: string
  /** Departures from Kigali each day, `H:MM`; each bus comes back the same day. */
  readonly departures: Partial<Record<LineKey, readonly string[]>>
  /** First digits of the plates of its buses. */
  readonly platePrefix: string
  readonly layout: 'coach' | 'coaster'
  readonly people: readonly DemoPerson<'manager' | 'agent' | 'driver'>[]
}

/** Somebody who can sign in, with a role on the platform or in the company that lists them. */
export type DemoPerson<Role extends string = string> = {
  readonly name: string
  readonly phone: string
  readonly password: string
  readonly language: 'en' | 'rw' | 'fr' | 'sw'
  readonly role: Role
}

/** The same for all accounts of the demo, and for nothing else: they exist where the demo was seeded only. */
export const DEMO_PASSWORD = 'murakoze-2026'

function person<const Role extends string>(
  name: string,
  phone: string,
  role: Role,
  language: DemoPerson['language'],
): DemoPerson<Role> {
  return { name, phone, password: DEMO_PASSWORD, language, role }
}

/** People of no company. */
export const platformPeople: readonly DemoPerson<'admin' | 'passenger'>[] = [
  person('Ada Admin', '+250788000001', 'admin', 'en'),
  person('Aline Uwase', '+250788000100', 'passenger', 'rw'),
]

/** The two companies. */
export const companies: readonly DemoCompany[] = [
  {
    tenantId: '019a0000-0000-7000-8000-000000000001',
    slug: 'umurabyo-coaches',
    name: 'Umurabyo Coaches',
    departures: {
      huye: ['5:00', '6:30', '8:00', '9:30', '11:00', '12:30', '14:00', '15:30'],
      rusizi: ['5:15', '6:45', '8:15', '10:00'],
      rubavu: ['5:30', '7:00', '9:00', '11:30', '13:30', '15:45'],
    },
    platePrefix: 'RAD1',
    layout: 'coach',
    people: [
      person('Kalisa Manager', '+250788000011', 'manager', 'en'),
      person('Keza Bookkeeper', '+250788000014', 'manager', 'rw'),
      person('Chantal Agent', '+250788000012', 'agent', 'rw'),
      person('Damas Driver', '+250788000013', 'driver', 'rw'),
    ],
  },
  {
    tenantId: '019a0000-0000-7000-8000-000000000002',
    slug: 'ishema-lines',
    name: 'Ishema Lines',
    departures: {
      huye: ['5:45', '7:15', '9:15', '11:45', '13:45', '16:00'],
      rubavu: ['6:00', '8:30', '10:30', '12:00', '14:30', '16:30'],
      nyagatare: ['5:30', '7:30', '9:30', '11:30', '13:30', '15:30'],
      rusumo: ['6:15', '8:45', '10:45', '12:15', '14:15', '16:15'],
    },
    platePrefix: 'RAE4',
    layout: 'coaster',
    people: [
      person('Beata Manager', '+250788000021', 'manager', 'fr'),
      person('Benoit Bookkeeper', '+250788000024', 'manager', 'fr'),
      person('Bosco Agent', '+250788000022', 'agent', 'rw'),
      person('Diane Driver', '+250788000023', 'driver', 'sw'),
    ],
  },
]
