import { describe, expect, test } from 'vitest'
import { foldName, nameKeys } from './fold.ts'

describe('names of places', () => {
  test.each([
    ['Kigali', 'kigali'],
    ['  HUYE ', 'huye'],
    ["Ng'ombe", 'ngombe'],
    ['Ng’ombe', 'ngombe'],
    ['Gikondo-Nyabugogo', 'gikondo nyabugogo'],
    ['Musanze (Ruhengeri)', 'musanze ruhengeri'],
    ['Bugarama — Côté', 'bugarama cote'],
    ['ﬁn', 'fin'],
    ['---', ''],
    ['', ''],
  ])('%j is compared as %j', (name, key) => {
    expect(foldName(name)).toBe(key)
  })

  test('one stop has each of its names once', () => {
    expect(nameKeys(['Huye', 'HUYE', 'Butare', ''])).toEqual(['butare', 'huye'])
  })
})
