import { expect, test } from 'vitest'
import { Flag } from '#gen/tms/tenant/v1/feature_flag_pb.ts'
import { flagNames } from './flags.ts'

test('every flag of the contract has a default, and no other has [S4-19]', () => {
  expect(['UNSPECIFIED', ...flagNames]).toEqual(Object.keys(Flag))
})
