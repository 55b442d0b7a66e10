import qrcode from 'qrcode'

/** Draws codes as QR symbols (ISO/IEC 18004), black on white. */

/** Error correction M: 15 % of the symbol may be hidden by a fold or a finger; Q would need a symbol two versions larger. */
const errorCorrectionLevel = 'M'

/** The quiet zone that the standard asks for, in modules. */
const quietZone = 4

/** A picture; its sides are equal, quiet zone included. */
export type Drawing = { readonly image: Uint8Array; readonly mediaType: string; readonly sizePixels: number }

/** Draws a PNG, as large as fits into `sizePixels` with whole pixels per module; never less than one pixel each. */
export async function drawPng(code: string, sizePixels: number): Promise<Drawing> {
  const modules = modulesOf(code)
  const scale = Math.max(1, Math.floor(sizePixels / modules))
  const image = await qrcode.toBuffer(code, { errorCorrectionLevel, margin: quietZone, scale })
  return { image, mediaType: 'image/png', sizePixels: modules * scale }
}

/** Draws an SVG of exactly this size. */
export async function drawSvg(code: string, sizePixels: number): Promise<Drawing> {
  const svg = await qrcode.toString(code, { type: 'svg', errorCorrectionLevel, margin: quietZone, width: sizePixels })
  return { image: new TextEncoder().encode(svg), mediaType: 'image/svg+xml', sizePixels }
}

/** Modules along a side, quiet zone included. */
function modulesOf(code: string): number {
  return qrcode.create(code, { errorCorrectionLevel }).modules.size + 2 * quietZone
}
