import { expect, test } from 'vitest'
import { extractText } from 'unpdf'
import { pdfOf } from './pdf.ts'

const columns = [
  { heading: 'Nom', share: 0.7 },
  { heading: 'Prix', share: 0.3, align: 'right' },
] as const

test('paper keeps every letter of the languages spoken here, and the headings of tables on every page', async () => {
  const names = ["Éléonore Ng'ombe", 'Mûkantwali ça où œuvre', 'Ŋaana Ɓari Ẃangari', '+2507•••••56']
  const rows = Array.from({ length: 80 }, (_, i) => [names[i % names.length]!, `${i}`])
  const bytes = await pdfOf({
    title: 'Liste – Itike',
    lines: ['Umushoferi: Jean d’Arc'],
    tables: [{ heading: 'Abagenzi', columns, rows }],
    foot: 'Ikivu',
    printTime: new Date('2026-11-20T06:00:00Z'),
  })
  const { totalPages, text } = await extractText(new Uint8Array(bytes))
  expect(totalPages).toBeGreaterThan(1)
  for (const name of names) expect(text[0]).toContain(name)
  expect(text[0]).toContain('Umushoferi: Jean d’Arc')
  for (const [i, page] of text.entries()) expect(page).toMatch(new RegExp(`Ikivu\\s+${i + 1} / ${totalPages}`))
  for (const page of text) expect(page).toMatch(/Nom\s+Prix/)
})
