import { createRequire } from 'node:module'
import PDFDocument from 'pdfkit'

/** A column of a table on paper. */
export type Column = {
  readonly heading: string
  /** Its part of the page's width; of all columns together it is the whole. */
  readonly share: number
  readonly align?: 'right'
}

/** A table with a heading; its rows have a text for each column. */
export type Table = {
  readonly heading: string
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly string[])[]
}

/** What is printed: a title, some lines under it, then tables. */
export type Paper = {
  readonly title: string
  readonly lines: readonly string[]
  readonly tables: readonly Table[]
  /** Stands at the foot of each page, beside its number. */
  readonly foot: string
  readonly printTime: Date
}

// DejaVu has every letter of the languages of Africa and Europe; the fonts that PDF readers bring have not.
const fontFile = (name: string) => createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`)
const PLAIN = fontFile('DejaVuSansCondensed')
const BOLD = fontFile('DejaVuSansCondensed-Bold')

const MARGIN = 40
const FOOT_HEIGHT = 30
const CELL_PADDING = 3

/** Prints on A4: headings of tables stand on every page that they go on to. */
export function pdfOf(paper: Paper): Promise<Uint8Array> {
  const doc = new PDFDocument({
    size: 'A4',
    margins: { top: MARGIN, left: MARGIN, right: MARGIN, bottom: MARGIN + FOOT_HEIGHT },
    bufferPages: true,
    info: { Title: paper.title, CreationDate: paper.printTime },
  })
  const bytes = collected(doc)
  doc.registerFont('plain', PLAIN).registerFont('bold', BOLD)
  doc.font('bold').fontSize(15).text(paper.title)
  doc.font('plain').fontSize(9).moveDown(0.3)
  for (const line of paper.lines) doc.text(line)
  for (const table of paper.tables) drawTable(doc, table)
  numberPages(doc, paper.foot)
  doc.end()
  return bytes
}

function collected(doc: PDFKit.PDFDocument): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  return new Promise((resolve, reject) => {
    doc.on('data', (chunk: Uint8Array) => chunks.push(chunk))
    doc.on('end', () => resolve(Buffer.concat(chunks)))
    doc.on('error', reject)
  })
}

function drawTable(doc: PDFKit.PDFDocument, { heading, columns, rows }: Table): void {
  doc.moveDown(0.8)
  const headings = columns.map((column) => column.heading)
  keepTogether(doc, 60)
  doc.font('bold').fontSize(10).text(heading, MARGIN)
  doc.moveDown(0.2)
  drawRow(doc, columns, headings, 'bold')
  for (const row of rows) {
    if (keepTogether(doc, heightOf(doc, columns, row))) drawRow(doc, columns, headings, 'bold')
    drawRow(doc, columns, row, 'plain')
  }
  doc.x = MARGIN
}

/** Begins another page when so many points are not left on this one; then the answer is true. */
function keepTogether(doc: PDFKit.PDFDocument, height: number): boolean {
  if (doc.y + height <= doc.page.height - doc.page.margins.bottom) return false
  doc.addPage()
  return true
}

function drawRow(doc: PDFKit.PDFDocument, columns: readonly Column[], cells: readonly string[], font: string): void {
  doc.font(font).fontSize(8)
  const top = doc.y
  const height = heightOf(doc, columns, cells)
  let left = MARGIN
  for (const [i, column] of columns.entries()) {
    const width = widthOf(doc, column)
    const align = column.align ?? 'left'
    doc.text(cells[i] ?? '', left + CELL_PADDING, top + CELL_PADDING, { width: width - 2 * CELL_PADDING, align })
    left += width
  }
  doc
    .moveTo(MARGIN, top + height)
    .lineTo(left, top + height)
    .lineWidth(font === 'bold' ? 0.8 : 0.3)
    .strokeColor('#888888')
    .stroke()
  doc.y = top + height
}

function heightOf(doc: PDFKit.PDFDocument, columns: readonly Column[], cells: readonly string[]): number {
  doc.fontSize(8)
  const heights = columns.map((column, i) =>
    doc.heightOfString(cells[i] === '' ? ' ' : (cells[i] ?? ' '), { width: widthOf(doc, column) - 2 * CELL_PADDING }),
  )
  return Math.max(...heights) + 2 * CELL_PADDING
}

function widthOf(doc: PDFKit.PDFDocument, { share }: Column): number {
  return (doc.page.width - 2 * MARGIN) * share
}

function numberPages(doc: PDFKit.PDFDocument, foot: string): void {
  const { count } = doc.bufferedPageRange()
  for (let page = 0; page < count; page++) {
    doc.switchToPage(page)
    // Below the margin, where text would begin another page.
    doc.page.margins.bottom = 0
    const text = `${foot}   ${page + 1} / ${count}`
    doc.font('plain').fontSize(7).fillColor('#444444')
    doc.text(text, MARGIN, doc.page.height - MARGIN, { lineBreak: false })
    doc.fillColor('black')
  }
}
