import type { Answer } from './router.ts'

export const json = (status: number, value: unknown): Answer => ({
  status,
  headers: { 'content-type': 'application/json;charset=UTF-8' },
  body: JSON.stringify(value),
})

export const text = (status: number, value: string): Answer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: value,
})

/**
 * Reads a JSON object.
 *
 * @throws {SyntaxError} when the body is no JSON object.
 */
export function objectOf(body: Buffer): Record<string, unknown> {
  const value: unknown = JSON.parse(body.toString('utf8'))
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new SyntaxError('the body is not a JSON object')
}
