import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Sandbox } from '../index.ts'
import { type Merchant, startMerchant, startTestSandbox } from '../testing/merchant.ts'

const phones = {
  ordinary: '254711100001',
  drop: '254711100002',
  change: '254711100003',
  double: '254711100004',
  midnight: '254711100005',
  stranger: '254711100006',
} as const

let sandbox: Sandbox
let merchant: Merchant

beforeAll(async () => {
  const clock = { now: () => new Date('2026-11-20T08:00:00Z') } // 11:00 in Nairobi
  sandbox = await startTestSandbox({ clock, scenario: { answer: 'approve', answerDelayMs: 0, byLastDigits: false } })
  merchant = await startMerchant(sandbox)
  for (const [fault, phone] of Object.entries(phones)) {
    if (fault !== 'ordinary') sandbox.phone(phone).scenario({ statementFault: fault as 'drop' })
    await merchant.push({ PhoneNumber: phone, PartyA: phone, AccountReference: fault, Amount: 1000 })
  }
  await merchant.arrived(6)
})
afterAll(async () => {
  await merchant.stop()
  await sandbox.stop()
})

/** The rows below the header, by account number. */
async function rowsOf(days: string, shortCode = '174379'): Promise<Record<string, string[]>> {
  const answer = await fetch(`${sandbox.baseUrl}/statements/${shortCode}?${days}`)
  const lines = (await answer.text()).split('\r\n').filter((line) => line !== '')
  const header = lines.findIndex((line) => line.startsWith('Receipt No.,'))
  return Object.groupBy(lines.slice(header + 1), (line) => line.split(',').at(-2) ?? '') as Record<string, string[]>
}

test('a statement lists what moved, and the faults that its phones have arranged [S4-27]', async () => {
  const rows = await rowsOf('from=2026-11-20')
  expect(rows['ordinary']?.[0]).toMatch(
    /^[A-Z0-9]{10},20-11-2026 11:00:00,20-11-2026 11:00:00,.*,Completed,"1,000.00",,/,
  )
  expect(rows['drop']).toBeUndefined()
  expect(rows['change']?.[0]).toContain('"1,100.00"')
  expect(rows['double']).toHaveLength(2)
  expect(rows['midnight']).toBeUndefined()
  expect(rows['STRANGER']).toHaveLength(1)
  expect(rows['stranger']).toHaveLength(1)
  expect(Object.keys(await rowsOf('from=2026-11-21'))).toEqual(['midnight'])
  expect(await rowsOf('from=2026-11-20', '600992')).toEqual({})
})

test('a short code that is nobody’s, and days that are none, are refused', async () => {
  const statusOf = async (path: string) => (await fetch(`${sandbox.baseUrl}/statements/${path}`)).status
  expect(await statusOf('999999')).toBe(404)
  expect(await statusOf('174379?from=yesterday')).toBe(400)
  expect(await statusOf('174379?from=2026-11-21&to=2026-11-19')).toBe(400)
})
