import jsqr from 'jsqr'
import { PNG } from 'pngjs'
import { expect, test } from 'vitest'
import { claimsOf, encodeClaims } from './code/claims.ts'
import { drawPng, drawSvg } from './drawing.ts'
import { signCode } from './keys/signing.ts'
import { aliceTicket, fixedKeys } from './testing/samples.ts'

const code = signCode(encodeClaims(claimsOf(aliceTicket, new Date(0))), fixedKeys)

function read({ image }: { image: Uint8Array }) {
  const { data, width, height } = PNG.sync.read(Buffer.from(image))
  return jsqr.default(new Uint8ClampedArray(data), width, height)
}

test.each([100, 276, 480, 1000])(
  'a scanner reads the code back from a PNG of at most %d pixels [S2-35]',
  async (size) => {
    const drawing = await drawPng(code, size)
    expect(drawing.sizePixels).toBeLessThanOrEqual(size)
    expect(PNG.sync.read(Buffer.from(drawing.image)).width).toBe(drawing.sizePixels)
    expect(read(drawing)?.data).toBe(code)
  },
)

test('a usual ticket fits a symbol of version 11, read also when a fold hides a part of it', async () => {
  const drawing = await drawPng(code, 480)
  expect(read(drawing)?.version).toBe(11)
  const picture = PNG.sync.read(Buffer.from(drawing.image))
  blacken(picture, 0.55, 0.7)
  expect(jsqr.default(new Uint8ClampedArray(picture.data), picture.width, picture.height)?.data).toBe(code)
})

/** Blackens a square between two fractions of the side. */
function blacken({ data, width }: PNG, from: number, to: number) {
  const [first, last] = [Math.floor(from * width), Math.floor(to * width)]
  for (let y = first; y < last; y++) {
    for (let x = first; x < last; x++) data.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3)
  }
}

test('an SVG has the size asked for and a quiet zone of four modules', async () => {
  const drawing = await drawSvg(code, 300)
  const svg = new TextDecoder().decode(drawing.image)
  expect(svg).toContain('width="300" height="300" viewBox="0 0 69 69"')
  expect(svg).toMatch(/stroke="#000000" d="M4 4.5h7/)
})
