import { readFileSync } from 'node:fs'
import type { Statement } from './messages.ts'

/** Statements as text, one JSON line each; bytes as base64. */
export function encodeStatements(statements: readonly Statement[]): string {
  return statements
    .map(({ connection, text, parameters }) => JSON.stringify({ connection, text, parameters: parameters.map(encode) }))
    .join('\n')
}

function encode(value: unknown): unknown {
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') }
  if (typeof value === 'bigint') return value.toString()
  return value
}

/** Reads what {@link encodeStatements} wrote. */
export function readStatements(file: string): Statement[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => decodeLine(line))
}

function decodeLine(line: string): Statement {
  const statement = JSON.parse(line) as Statement
  return { ...statement, parameters: statement.parameters.map(decode) }
}

function decode(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('base64' in value)) return value
  return Buffer.from(String(value.base64), 'base64')
}

/** What goes together on one connection: a transaction from begin to commit, or one statement by itself. */
export type Unit = readonly Statement[]

/** Groups statements into transactions, in the order in which they began. */
export function unitsOf(statements: readonly Statement[]): Unit[] {
  const open = new Map<string, Statement[]>()
  const units: Statement[][] = []
  for (const statement of statements) {
    const { connection, text } = statement
    const current = open.get(connection)
    if (current) {
      current.push(statement)
      if (/^(commit|rollback)\b/i.test(text.trim())) open.delete(connection)
      continue
    }
    const unit = [statement]
    units.push(unit)
    if (/^begin\b/i.test(text.trim())) open.set(connection, unit)
  }
  return units
}
