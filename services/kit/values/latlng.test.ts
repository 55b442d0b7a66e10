import fc from 'fast-check'
import { expect, test } from 'vitest'
import { haversineMeters, isLatLng, latLng } from './index.ts'

const nyabugogo = latLng(-1.9397, 30.0447)
const anywhere = fc
  .tuple(fc.double({ min: -90, max: 90, noNaN: true }), fc.double({ min: -180, max: 180, noNaN: true }))
  .map(([latitude, longitude]) => latLng(latitude, longitude))

test.each([
  ['Kigali to Huye', latLng(-2.5967, 29.7394), 80_500],
  ['Kigali to Nairobi', latLng(-1.2921, 36.8219), 757_000],
  ['one degree along the equator', undefined, 111_195],
])('%s', (_, to, meters) => {
  const distance = to ? haversineMeters(nyabugogo, to) : haversineMeters(latLng(0, 29), latLng(0, 30))
  expect(Math.abs(distance - meters) / meters).toBeLessThan(0.01)
})

test('distance is symmetric, never negative, and at most half the way around', () => {
  fc.assert(
    fc.property(anywhere, anywhere, (a, b) => {
      expect(haversineMeters(a, b)).toBeCloseTo(haversineMeters(b, a), 3)
      expect(haversineMeters(a, b)).toBeGreaterThanOrEqual(0)
      expect(haversineMeters(a, b)).toBeLessThanOrEqual(Math.PI * 6_371_008.8 + 1e-6)
      expect(haversineMeters(a, a)).toBe(0)
    }),
  )
})

test('places off the globe are refused', () => {
  expect(() => latLng(90.1, 0)).toThrow(RangeError)
  expect(() => latLng(0, -180.5)).toThrow(RangeError)
  expect(() => latLng(Number.NaN, 0)).toThrow(RangeError)
  expect(isLatLng({ latitudeDegrees: 0, longitudeDegrees: Number.POSITIVE_INFINITY })).toBe(false)
  expect(() => haversineMeters(nyabugogo, { latitudeDegrees: 100, longitudeDegrees: 0 })).toThrow(RangeError)
})
