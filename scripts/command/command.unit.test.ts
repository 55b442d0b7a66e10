import { Code, ConnectError } from '@connectrpc/connect'
import { expect, test } from 'vitest'
import { UserError } from '#kit'
import { explained, optionsOf } from './command.ts'

const USAGE = 'npm run drive -- --trip ID'
const options = { trip: { type: 'string' } } as const

test('an option that a command has is read', () => {
  expect(optionsOf(USAGE, { args: ['--trip', '1'], options }).values.trip).toBe('1')
})

test.each([
  ['--help', USAGE],
  ['--nope', `Unknown option '--nope'\n${USAGE}`],
  ['--trip', `Option '--trip <value>' argument missing\n${USAGE}`],
])('%s is answered by how the command is called', (arg, said) => {
  expect(() => optionsOf(USAGE, { args: [arg], options })).toThrow(new UserError(said))
})

test('a fault that a person can mend is one sentence, any other is told in full', () => {
  const unforeseen = new Error('boom')
  expect(explained(new UserError('Set DATABASE_URL.'))).toBe('Set DATABASE_URL.')
  expect(explained(new ConnectError('connect ECONNREFUSED', Code.Unavailable))).toMatch(
    /^The suite does not answer at http/,
  )
  expect(explained(new ConnectError('no such trip', Code.NotFound))).toBe('The suite refuses: NotFound: no such trip')
  expect(explained(unforeseen)).toBe(unforeseen)
})
