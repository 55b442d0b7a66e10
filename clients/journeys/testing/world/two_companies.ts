import type { Suite } from '#kit/testing'
import { type CompanyFacts, openCompany } from './companies.ts'
import { sellAtCounter } from './counter.ts'
import { keepBooks, trackBus } from './office.ts'
import { type PassengerFacts, sellTickets } from './sales.ts'
import { keepTill } from './tills.ts'

const virunga: CompanyFacts & { passenger: PassengerFacts } = {
  name: 'Virunga Quetzal',
  slug: 'virunga-quetzal',
  plate: 'RAQ777V',
  towns: ['Musanzequ', 'Rubavuquo', 'Karongiqui'],
  phones: { manager: '+250788701101', driver: '+250788701102', invited: '+250788701103' },
  passenger: { name: 'Quirine Zwambag', phone: '+250788701199', seats: ['1A', '1B', '2A'] },
}

const muhazi: CompanyFacts & { passenger: PassengerFacts } = {
  name: 'Muhazi Jaguar',
  slug: 'muhazi-jaguar',
  plate: 'RAJ222M',
  towns: ['Rwamajana', 'Kayonjaza', 'Nyagatajare'],
  phones: { manager: '+250788802201', driver: '+250788802202', invited: '+250788802203' },
  passenger: { name: 'Jovial Jabo', phone: '+250788802255', seats: ['1A', '1B', '2A'] },
}

/** Two companies with people, buses, trips, sales and messages, and nothing in common. */
export async function twoCompanies(suite: Suite) {
  const [one, other] = await Promise.all([busyCompany(suite, virunga), busyCompany(suite, muhazi)])
  return { one, other }
}

async function busyCompany(suite: Suite, facts: typeof virunga) {
  const company = await openCompany(suite, facts)
  const sales = await sellTickets(suite, company, facts.passenger)
  return {
    ...company,
    ...sales,
    ...(await keepBooks(suite, company, sales.ridden)),
    ...(await trackBus(suite, company)),
    ...(await sellAtCounter(suite, company)),
    ...(await keepTill(suite, company)),
  }
}

/** A company and what it sold. */
export type Everything = Awaited<ReturnType<typeof twoCompanies>>['one']
