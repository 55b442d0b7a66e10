import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { money } from '#kit'
import { layouts } from './index.ts'
import type { Preamble } from './line.ts'
import { type Fault, MAX_FAULTS, type NumberedLine, readSettlementFile } from './read_file.ts'

const HEADER =
  'Receipt No.,Completion Time,Initiation Time,Details,Transaction Status,Paid In,Withdrawn,Balance,Balance Confirmed,Reason Type,Other Party Info,Linked Transaction ID,A/C No.'
const PREAMBLE = [
  ',TMS Coach Tickets',
  'Short Code,174379',
  'Account,Working Account',
  'Time Period,,From,20-11-2026 00:00:00,To,21-11-2026 00:00:00',
  'Operator,testapi',
  'Opening Balance,"1,000.00",Closing Balance,"5,500.00"',
].join('\n')
const PAID =
  'UKK7RT61SV,20-11-2026 09:00:00,20-11-2026 08:59:50,Pay Bill,Completed,"4,500.00",,5500.00,true,Pay Utility,254712345678 - JANE DOE,,bk7q2m '

async function read(content: string | readonly Buffer[], layout: keyof typeof layouts = 'DARAJA_STATEMENT') {
  let preamble: Preamble = {}
  const lines: NumberedLine[] = []
  let faults: readonly Fault[] = []
  const parts = typeof content === 'string' ? [Buffer.from(content)] : content
  for await (const part of readSettlementFile(layouts[layout], 'KES', Readable.from(parts))) {
    if ('preamble' in part) preamble = { ...preamble, ...part.preamble }
    else if ('lines' in part) lines.push(...part.lines)
    else faults = part.faults
  }
  return { preamble, lines, faults }
}

/** The one line of a statement that differs from {@link PAID} in these columns, by position. */
const lineWith = (change: Readonly<Record<number, string>>) => {
  const cells = ['UKK7RT61SV', '20-11-2026 09:00:00', '', 'Pay Bill', 'Completed', '4500', '', '', '', '', '', '', '']
  return `${HEADER}\n${cells.map((cell, index) => change[index] ?? cell).join(',')}\n`
}

describe('the statement of the M-Pesa organisation portal', () => {
  test('is read with its preamble, line by line', async () => {
    const { preamble, lines, faults } = await read(`\uFEFF${PREAMBLE}\n${HEADER}\n${PAID}\n`)
    expect(faults).toEqual([])
    expect(preamble).toEqual({
      shortCode: '174379',
      fromTime: new Date('2026-11-19T21:00:00Z'),
      toTime: new Date('2026-11-20T21:00:00Z'),
    })
    expect(lines).toEqual([
      {
        lineNumber: 8,
        kind: 'PAYMENT',
        incoming: true,
        completed: true,
        receipt: 'UKK7RT61SV',
        reference: 'BK7Q2M',
        amount: money('KES', 450_000),
        party: '254712345678',
        completeTime: new Date('2026-11-20T06:00:00Z'),
      },
    ])
  })

  test.each([
    ['the year first', '2026-11-20 09:00:00'],
    ['slashes', '20/11/2026 09:00'],
    ['a spreadsheet’s serial number', '46346.375'],
  ])('times are read with %s', async (_, time) => {
    const { lines } = await read(lineWith({ 1: time }))
    expect(lines[0]?.completeTime).toEqual(new Date('2026-11-20T06:00:00Z'))
  })

  test.each([
    ['money out with a minus', { 5: '', 6: '-150.00' }, 'PAYOUT', false],
    ['money out without one', { 5: '0.00', 6: '150.00' }, 'PAYOUT', false],
    ['a charge', { 5: '', 6: '-25.00', 9: 'Business Pay Bill Charge' }, 'FEE', false],
    ['a charge, by its details', { 3: 'Pay Bill Charge', 5: '', 6: '-25.00' }, 'FEE', false],
    ['a reversal', { 5: '', 6: '-25.00', 9: 'Pay Utility Reversal' }, 'REFUND', false],
    ['a transfer to the bank', { 5: '', 6: '-9000', 9: 'Withdraw Funds to Bank' }, 'TRANSFER', false],
    ['a payment by menu', { 9: 'Pay Bill Online' }, 'PAYMENT', true],
  ])('%s is known', async (_, change, kind, incoming) => {
    const { lines } = await read(lineWith(change))
    expect(lines).toMatchObject([{ kind, incoming }])
    expect(lines[0]!.amount.minor > 0n).toBe(true)
  })

  test.each([
    ['a line that failed', { 4: 'Failed' }, [{ completed: false }]],
    ['a failed line without an amount', { 4: 'Failed', 5: '' }, []],
    ['a row of totals', { 0: 'Total', 1: '', 4: '' }, []],
  ])('%s moves nothing', async (_, change, expected) => {
    const { lines, faults } = await read(lineWith(change))
    expect(faults).toEqual([])
    expect(lines).toMatchObject(expected)
  })

  test.each([
    ['an amount in another spelling', { 5: '4.500;00' }, 'is not an amount'],
    ['half a cent', { 5: '1.005' }, 'decimals'],
    ['no amount', { 5: '' }, 'no amount'],
    ['money both ways', { 6: '5.00' }, 'both in and out'],
    ['a day that is none', { 1: '31-02-2026 09:00:00' }, 'is not a time'],
    ['an hour that is none', { 1: '20-11-2026 25:00:00' }, 'is not a time'],
    ['a status nobody knows', { 4: 'Perhaps' }, 'transaction status'],
    ['no receipt', { 0: '' }, 'no receipt'],
    ['a receipt that is none', { 0: "'; drop" }, 'not a receipt'],
  ])('%s is a fault of its line', async (_, change, words) => {
    const { lines, faults } = await read(lineWith(change))
    expect(lines).toEqual([])
    expect(faults).toMatchObject([{ lineNumber: 2, description: expect.stringContaining(words) as string }])
  })

  test('faults are told line by line, up to some, and no line is kept beside them', async () => {
    const bad = PAID.replace('Completed', 'Perhaps')
    const { faults } = await read([HEADER, PAID, bad, PAID, bad].join('\n'))
    expect(faults.map(({ lineNumber }) => lineNumber)).toEqual([3, 5])
    const many = await read([HEADER, ...Array.from({ length: 100 }, () => bad)].join('\n'))
    expect(many.faults).toHaveLength(MAX_FAULTS)
  })

  test.each([
    ['nothing', ''],
    ['another table', 'a,b\n1,2\n'],
    ['a table whose header comes too late', `${'x\n'.repeat(40)}${HEADER}\n${PAID}\n`],
  ])('%s has no header', async (_, content) => {
    expect((await read(content)).faults).toMatchObject([{ lineNumber: 0 }])
  })

  test('a quote that never ends, and a row that never does, are faults and no flood', async () => {
    expect((await read(`${HEADER}\n"UKK7\n`)).faults).toHaveLength(1)
    expect((await read(`${HEADER}\n"${'x'.repeat(1_000_000)}`)).faults).toHaveLength(1)
  })

  test('it does not matter where the parts of a file are cut, nor how its lines end', async () => {
    const whole = Buffer.from(`${HEADER}\r\n${PAID}\r\n${PAID}\r\n`)
    const bytes = Array.from(whole, (byte) => Buffer.of(byte))
    expect(await read(bytes)).toEqual(await read(whole.toString()))
    expect((await read(bytes)).lines.map(({ lineNumber }) => lineNumber)).toEqual([2, 3])
  })
})

describe('the report of the MTN MoMo business portal', () => {
  test('is read whatever the order of its columns', async () => {
    const { lines, faults } = await read(
      [
        'Date,Financial Transaction Id,External Transaction Id,Status,Type,From,To,Amount,Currency',
        '2026-11-20 08:00:00,1195582132,BK-1A2B3C,Successful,Payment,250781234567,174379,1500,RWF',
        '2026-11-20 08:05:00,1195582133,PO-1,Successful,Transfer,174379,250781234568,-900,RWF',
        '2026-11-20 08:06:00,1195582134,,Failed,Payment,250781234567,174379,1500,RWF',
      ].join('\n'),
      'MOMO_REPORT',
    )
    expect(faults).toEqual([])
    expect(lines).toMatchObject([
      {
        kind: 'PAYMENT',
        incoming: true,
        completed: true,
        receipt: '1195582132',
        reference: 'BK-1A2B3C',
        party: '250781234567',
      },
      { kind: 'PAYOUT', incoming: false, amount: money('RWF', 900), completeTime: new Date('2026-11-20T06:05:00Z') },
      { completed: false },
    ])
  })
})
