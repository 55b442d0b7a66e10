import fc from 'fast-check'
import { expect, test } from 'vitest'
import { reasonOf } from './errors.ts'
import { isIdCursor, isTextCursor, nextPageToken, pageOf } from './page.ts'

const bounds = { default: 2, max: 3 }

test('a page continues where the last one ended, and the last page has no successor', () => {
  const rows = [{ id: 'a' }, { id: 'b' }]
  const pageToken = nextPageToken(rows, 2, ({ id }) => ({ id }))
  expect(pageOf(bounded({ pageToken }), bounds)).toEqual({ limit: 2, after: { id: 'b' } })
  expect(nextPageToken(rows.slice(0, 1), 2, ({ id }) => ({ id }))).toBe('')
  expect(nextPageToken([], 2, () => ({}))).toBe('')
})

test('a page is no longer than the method allows', () => {
  expect(pageOf(bounded({ pageSize: 1_000 }), bounds)).toEqual({ limit: 3, after: undefined })
})

test('a token that we did not hand out is refused', () => {
  expect.assertions(1)
  try {
    pageOf(bounded({ pageToken: 'made up' }), bounds)
  } catch (err) {
    expect(reasonOf(err)).toBe('PAGE_TOKEN_INVALID')
  }
})

test('a token of another form than the list hands out is refused, whatever it says', () => {
  const tokenOf = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  fc.assert(
    fc.property(fc.jsonValue().map(tokenOf), (pageToken) => {
      const read = () => pageOf(bounded({ pageToken }), bounds, isIdCursor)
      expect(read).toThrow('page token')
    }),
  )
  fc.assert(
    fc.property(fc.uuid(), (id) => {
      expect(pageOf(bounded({ pageToken: tokenOf(id) }), bounds, isIdCursor).after).toBe(id)
    }),
  )
  expect([isTextCursor('volcano'), isTextCursor('a\u0000b'), isTextCursor(7)]).toEqual([true, false, false])
})

function bounded({ pageSize = 0, pageToken = '' }) {
  return { pageSize, pageToken }
}
