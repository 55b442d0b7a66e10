import { expect, test } from 'vitest'
import { scoreOf } from './score.ts'

/** A bus on a straight road, with a speed in each second. */
const drive = (speeds: readonly (number | undefined)[], spacingMs = 1_000) =>
  speeds.map((speedMetersPerSecond, i) => ({
    timeMs: i * spacingMs,
    latitudeDegrees: 0,
    longitudeDegrees: (i * spacingMs * 0.02) / 111_195,
    speedMetersPerSecond,
  }))
const steady = (seconds: number, speed = 20) => Array.from({ length: seconds }, () => speed)

test.each<[string, Parameters<typeof scoreOf>[0], Partial<ReturnType<typeof scoreOf>>]>([
  ['nothing', [], { distanceMeters: 0, score: undefined }],
  ['one position', drive([20]), { movingMs: 0, topSpeedMetersPerSecond: 20, score: undefined }],
  ['a calm drive', drive(steady(101)), { movingMs: 100_000, harshBrakings: 0, score: 100 }],
  ['one braking over two seconds', drive([...steady(60), 16, 12, ...steady(60, 12)]), { harshBrakings: 1 }],
  ['braking, then starting hard', drive([...steady(60), 16, 19, 20]), { harshBrakings: 1, harshAccelerations: 1 }],
  ['braking as buses brake', drive([...steady(60), 17, 14, 11]), { harshBrakings: 0 }],
  ['positions too far apart to tell', drive([20, 0, 20, 0], 10_000), { harshBrakings: 0, harshAccelerations: 0 }],
  ['speeds that were not measured', drive([20, undefined, 20]), { harshBrakings: 0 }],
  ['half of the time too fast', drive([...steady(51), ...steady(50, 22.5)]), { speedingMs: 50_000, score: 25 }],
  ['a silence of an hour', drive([20, 20], 3_600_000), { distanceMeters: 0, speedingMs: 0 }],
])('%s', (_, positions, expected) => {
  expect(scoreOf(positions, 22)).toMatchObject(expected)
})
