import { create } from '@bufbuild/protobuf'
import { expect, test } from 'vitest'
import { CalendarExceptionType as Type, ServiceDaysSchema } from '#gen/tms/company/v1/schedule_pb.ts'
import { exceptionsOf } from './seasons.ts'

test('a season is told as the dates on which it differs; what was said of a date itself counts more', () => {
  const days = create(ServiceDaysSchema, {
    weekdays: [1, 2, 3, 4, 5],
    startDate: '2026-11-01',
    endDate: '2026-12-31',
    exceptions: [
      { date: '2026-12-25', type: Type.REMOVED },
      { date: '2026-12-22', type: Type.ADDED },
    ],
    seasons: [{ name: 'Christmas', startDate: '2026-12-21', endDate: '2026-12-27', weekdays: [1, 5, 7] }],
  })
  expect(exceptionsOf(days)).toEqual([
    { date: '2026-12-22', type: Type.ADDED },
    { date: '2026-12-23', type: Type.REMOVED },
    { date: '2026-12-24', type: Type.REMOVED },
    { date: '2026-12-25', type: Type.REMOVED },
    { date: '2026-12-27', type: Type.ADDED },
  ])
})
