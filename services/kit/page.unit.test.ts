import { expect, test } from 'vitest'
import { reasonOf } from './errors.ts'
import { nextPageToken, pageOf } from './page.ts'

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

function bounded({ pageSize = 0, pageToken = '' }) {
  return { pageSize, pageToken }
}
