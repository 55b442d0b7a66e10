/** A picture as PDF takes it: JPEG. */
export type Jpeg = { readonly bytes: Uint8Array; readonly width: number; readonly height: number }

/** Points of a page: a sheet of A6, which fits a wallet folded once. */
const PAGE = { width: 298, height: 420 } as const

/**
 * A document of one picture on each page (PDF 1.4, ISO 32000-1): what a ticket needs, without the quarter megabyte of a
 * library for documents of any kind.
 */
export function pdfOf(pictures: readonly Jpeg[]): Uint8Array<ArrayBuffer> {
  const out = new Writer()
  // Object 1 is the catalogue, 2 the list of pages; each page is three more: page, what it draws, picture.
  const first = (index: number) => 3 + index * 3
  out.text('%PDF-1.4\n')
  out.object(1, '<< /Type /Catalog /Pages 2 0 R >>')
  const kids = pictures.map((_, index) => `${first(index)} 0 R`).join(' ')
  out.object(2, `<< /Type /Pages /Kids [${kids}] /Count ${pictures.length} >>`)
  for (const [index, { bytes, width, height }] of pictures.entries()) {
    const at = first(index)
    const scale = Math.min(PAGE.width / width, PAGE.height / height)
    const [wide, high] = [width * scale, height * scale].map((length) => length.toFixed(2))
    const left = ((PAGE.width - width * scale) / 2).toFixed(2)
    const drawing = `q ${wide} 0 0 ${high} ${left} ${(PAGE.height - height * scale).toFixed(2)} cm /Picture Do Q`
    const box = `[0 0 ${PAGE.width} ${PAGE.height}]`
    const resources = `<< /XObject << /Picture ${at + 2} 0 R >> >>`
    out.object(at, `<< /Type /Page /Parent 2 0 R /MediaBox ${box} /Resources ${resources} /Contents ${at + 1} 0 R >>`)
    out.stream(at + 1, '', new TextEncoder().encode(drawing))
    const kind = `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceRGB /BitsPerComponent 8`
    out.stream(at + 2, `${kind} /Filter /DCTDecode`, bytes)
  }
  return out.end()
}

/** Writes objects, and remembers where each begins: readers look there. */
class Writer {
  readonly #parts: Uint8Array[] = []
  readonly #starts: number[] = []
  #length = 0

  text(text: string): void {
    this.#add(new TextEncoder().encode(text))
  }

  object(id: number, body: string): void {
    this.#starts[id] = this.#length
    this.text(`${id} 0 obj\n${body}\nendobj\n`)
  }

  stream(id: number, facts: string, bytes: Uint8Array): void {
    this.#starts[id] = this.#length
    this.text(`${id} 0 obj\n<< ${facts} /Length ${bytes.length} >>\nstream\n`)
    this.#add(bytes)
    this.text('\nendstream\nendobj\n')
  }

  end(): Uint8Array<ArrayBuffer> {
    const start = this.#length
    const count = this.#starts.length
    const lines = this.#starts.slice(1).map((at) => `${at.toString().padStart(10, '0')} 00000 n \n`)
    this.text(`xref\n0 ${count}\n0000000000 65535 f \n${lines.join('')}`)
    this.text(`trailer\n<< /Size ${count} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`)
    const whole = new Uint8Array(this.#length)
    let at = 0
    for (const part of this.#parts) {
      whole.set(part, at)
      at += part.length
    }
    return whole
  }

  #add(bytes: Uint8Array): void {
    this.#parts.push(bytes)
    this.#length += bytes.length
  }
}
