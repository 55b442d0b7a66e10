import jsqr from 'jsqr'
import { PNG } from 'pngjs'

/** Reads a picture as a phone's camera would; the text of the QR symbol in it. */
export function scan(png: Uint8Array): string {
  const { data, width, height } = PNG.sync.read(Buffer.from(png))
  const found = jsqr.default(new Uint8ClampedArray(data), width, height)
  if (!found) throw new Error('there is no QR symbol in the picture')
  return found.data
}
