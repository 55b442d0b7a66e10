import { correction, generate } from 'lean-qr'

/** A QR code: `get` tells which of its `size` by `size` modules are dark. A torn or dirty screen is read as well (level M). */
export function qrOf(text: string) {
  return generate(text, { minCorrectionLevel: correction.M })
}
