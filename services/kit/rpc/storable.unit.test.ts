import { create } from '@bufbuild/protobuf'
import { expect, test } from 'vitest'
import { BadRequestSchema, ErrorInfoSchema } from '#gen/google/rpc/error_details_pb.ts'
import { PolicySchema } from '#gen/tms/access/v1/access_pb.ts'
import { unstorableTexts } from './storable.ts'

test('text that no column can hold is found in fields, lists, maps and messages inside', () => {
  const metadata = { fine: 'yes', bad: '\u0000', 'k\u0000': 'v' }
  expect(unstorableTexts(ErrorInfoSchema, create(ErrorInfoSchema, { reason: 'a\u0000', metadata }))).toEqual([
    'reason',
    'metadata[bad]',
    'metadata',
  ])
  const fieldViolations = [{ field: 'ok' }, { field: '\u0000', localizedMessage: { locale: 'en\u0000' } }]
  expect(unstorableTexts(BadRequestSchema, create(BadRequestSchema, { fieldViolations }))).toEqual([
    'field_violations[1].field',
    'field_violations[1].localized_message.locale',
  ])
})

test('every other text can be kept', () => {
  expect(unstorableTexts(PolicySchema, create(PolicySchema, { permission: '\u0001 \uFFFF 💺' }))).toEqual([])
})
