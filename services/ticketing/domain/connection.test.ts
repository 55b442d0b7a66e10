import { expect, test } from 'vitest'
import { connectionsOf, type SellerLine } from './connection.ts'

const line = (given: Partial<SellerLine>): SellerLine => ({
  originTown: 'Kigali',
  destinationTown: 'Huye',
  tenantId: 't1',
  companyName: 'Ikivu',
  currency: 'RWF',
  tripCount: 3,
  shortestSeconds: 9_000,
  lowestMinor: '3000',
  ...given,
})

test('the companies of two towns are told together: those with the most trips first, with the lowest fare and shortest time', () => {
  const lines = [
    line({}),
    line({ tenantId: 't2', companyName: 'Volcano', tripCount: 7, shortestSeconds: 8_000, lowestMinor: '10000' }),
    line({ originTown: 'Huye', destinationTown: 'Kigali' }),
  ]
  const [back, there] = connectionsOf(lines)
  expect(back).toMatchObject({ originTown: 'Huye', destinationTown: 'Kigali', tripCount: 3 })
  expect(there).toMatchObject({ tripCount: 10, shortestSeconds: 8_000, lowestMinor: '3000' })
  expect(there?.sellers.map(({ companyName }) => companyName)).toEqual(['Volcano', 'Ikivu'])
})

test('fares of different currencies are not compared, and no fare is not a fare of 0', () => {
  const lines = [line({ tripCount: 9, lowestMinor: null }), line({ tenantId: 't2', currency: 'KES', lowestMinor: '5' })]
  expect(connectionsOf(lines)).toMatchObject([
    { currency: 'RWF', lowestMinor: null, sellers: [{}, { currency: 'KES' }] },
  ])
})
