import { expect, test } from 'vitest'
import { idsIn, judge, parseRows } from './rows.ts'

const table = `
| id | what | carried by | how it is shown | shown by |
|---|---|---|---|---|
| S1-01 | one platform | all | start it | \`npm run demo\` |
| S1-02 | holds up | bench | measure it | |
| S1-03 | four groups | docs | read it | |
`

test('a row is shown by a passing test, else by its command', () => {
  const rows = parseRows(table)
  const results = { 'a.test.ts': [{ title: 'holds up [S1-02]', state: 'passed' as const }] }
  expect(judge(rows, results).map(({ by }) => by)).toEqual(['command', 'test', 'nothing'])
})

test('a row with a failing test is not shown, whatever else speaks for it', () => {
  const tests = [
    { title: 'starts [S1-01]', state: 'failed' as const },
    { title: 'holds up in memory [S1-02]', state: 'passed' as const },
    { title: 'holds up over the network [S1-02]', state: 'failed' as const },
  ]
  expect(judge(parseRows(table), { 'a.test.ts': tests }).map(({ by }) => by)).toEqual(['nothing', 'nothing', 'nothing'])
})

test('a title may carry several ids', () => {
  expect(idsIn('sells once [S1-23, S2-101] in memory')).toEqual(['S1-23', 'S2-101'])
  expect(idsIn('no id [S1] S1-23')).toEqual([])
})

test('a row that stands twice, or lost a cell, is refused', () => {
  expect(() => parseRows(table + table)).toThrow('S1-01 stands twice')
  expect(() => parseRows('| S1-01 | one | two |')).toThrow('docs/requirements.md:1 has 3 cells instead of 5')
})
