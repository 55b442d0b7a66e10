import type { CompanyFacts } from './companies.ts'

/** A company on the road to the south. */
export const ikirezi: CompanyFacts = {
  name: 'Ikirezi Coaches',
  slug: 'ikirezi',
  plate: 'RAD123K',
  towns: ['Kigali', 'Nyanza', 'Huyé'],
  phones: { manager: '+250788501101', driver: '+250788501102', invited: '+250788501103' },
}
