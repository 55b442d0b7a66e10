import { expect, test } from 'vitest'
import { understand } from './grammar.ts'

const today = '2026-11-20'

test.each([
  ['Find me a bus to Kigali tomorrow morning', '', 'Kigali', '2026-11-21', 'morning'],
  ['find me a bus from Huye to Kigali tomorrow morning, please', 'Huye', 'Kigali', '2026-11-21', 'morning'],
  ['Kigali to Huye', 'Kigali', 'Huye', '2026-11-20', 'any'],
  ['Trouve-moi un bus de Huye à Kigali demain matin', 'Huye', 'Kigali', '2026-11-21', 'morning'],
  ['un bus pour Musanze après-demain', '', 'Musanze', '2026-11-22', 'any'],
  ['Nitafutie basi la kutoka Huye kwenda Kigali kesho asubuhi', 'Huye', 'Kigali', '2026-11-21', 'morning'],
  ['basi kutoka Kigali hadi Rubavu leo jioni', 'Kigali', 'Rubavu', '2026-11-20', 'evening'],
  ['Ndashaka bisi iva Huye ijya i Kigali ejo mu gitondo', 'Huye', 'Kigali', '2026-11-21', 'morning'],
  ['kuva Kigali kujya Musanze ejobundi', 'Kigali', 'Musanze', '2026-11-22', 'any'],
  ['Musanze', '', 'Musanze', '2026-11-20', 'any'],
])('%s', (text, from, to, date, part) => {
  expect(understand(text, today)).toEqual({ from, to, date, part })
})

test.each(['', '???', 'please', 'tomorrow morning'])('%o names no place', (text) => {
  expect(understand(text, today)).toBeUndefined()
})
