import { expect, test } from 'vitest'
import { termsFault, type TermsOutline } from './sales_terms.ts'

const sound: TermsOutline = {
  rules: [
    { code: 'december', firstDate: '2026-12-01', lastDate: '2026-12-31' },
    { code: 'weekend', firstDate: '', lastDate: '' },
  ],
  levels: [
    { code: 'saver', discount: 1_000, protectedPercent: 30 },
    { code: 'early', discount: 2_000, protectedPercent: 30 },
  ],
  refundHours: [2, 24],
  changeHours: [2, 24],
}
const [saver, early] = sound.levels

test.each<[string, Partial<TermsOutline>, string | undefined]>([
  ['sound terms', {}, undefined],
  ['a code twice', { rules: [...sound.rules, { code: 'saver', firstDate: '', lastDate: '' }] }, 'saver'],
  [
    'a rule that ends before it begins',
    { rules: [{ code: 'x', firstDate: '2026-12-02', lastDate: '2026-12-01' }] },
    'x',
  ],
  ['a level that is not cheaper', { levels: [saver!, { ...early!, discount: 1_000 }] }, 'early'],
  [
    'a level that leaves fewer seats than a dearer one',
    { levels: [saver!, { ...early!, protectedPercent: 20 }] },
    'early',
  ],
  ['two refunds at the same hour', { refundHours: [24, 24] }, '24'],
  ['two fees at the same hour', { changeHours: [0, 0] }, '0'],
])('%s', (_, terms, code) => {
  expect(termsFault({ ...sound, ...terms })?.code).toBe(code)
})
