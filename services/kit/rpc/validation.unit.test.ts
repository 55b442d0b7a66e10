import { create, type DescMessage, type MessageInitShape } from '@bufbuild/protobuf'
import { ConnectError } from '@connectrpc/connect'
import { expect, test } from 'vitest'
import { BadRequestSchema } from '#gen/google/rpc/error_details_pb.ts'
import { SearchTripsRequestSchema } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import { validate } from './validation.ts'

function fieldsRefused<D extends DescMessage>(schema: D, request: MessageInitShape<D>): Record<string, string> {
  try {
    validate(schema, create(schema, request))
    return {}
  } catch (err) {
    const [bad] = ConnectError.from(err).findDetails(BadRequestSchema)
    return Object.fromEntries(bad?.fieldViolations.map(({ field, description }) => [field, description]) ?? [])
  }
}

test('who writes a day in another way is told what a day looks like, not a regular expression', () => {
  const place = (value: string) => ({ place: { case: 'town' as const, value } })
  const request = { origin: place('kigali'), destination: place('huye'), serviceDate: '30/11/2026' }
  expect(fieldsRefused(SearchTripsRequestSchema, request)).toEqual({
    service_date: 'must be a day such as 2026-11-30',
  })
})
