import { expect, test } from 'vitest'
import { parseTopic, topicText } from './topic.ts'

const id = '019354a1-0000-7000-8000-000000000001'

test.each([
  [`trip:${id}`, { kind: 'trip', id }],
  [`bus:${id}`, { kind: 'bus', id }],
  [`company:${id}:fleet`, { kind: 'company', id }],
])('%s is a topic [S1-51, S2-114]', (text, topic) => {
  expect(parseTopic(text)).toEqual(topic)
  expect(topicText(topic as never)).toBe(text)
})

test.each([
  '',
  'trip',
  'trip:',
  `trip:${id}:fleet`,
  `company:${id}`,
  `bus:${id} `,
  `bus:${id}\n`,
  `bus:${id.toUpperCase().replace('A', 'Z')}`,
  'trip:*',
  `driver:${id}`,
  'trip:../../etc/passwd',
])('%j is none', (text) => {
  expect(parseTopic(text)).toBeUndefined()
})
