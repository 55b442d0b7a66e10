import { fill, type Values } from '../domain/fill.ts'
import type { Language, Texts } from '../domain/language.ts'
import type { Fact, QrPicture, Template } from './template.ts'

/** The one layout of all mails, as HTML and as text. Plain enough for every mail program, dark mode included. */

/** A mail before it is sent; pictures are drawn from their codes then. */
export type MailContent = { readonly subject: string; readonly text: string; readonly html: string }

/** The id that the HTML shows a picture by. */
export const pictureId = (index: number) => `ticket-${index + 1}`

/** @throws {RangeError} when a text names a value that is not given. */
export function layOutMail(
  { mail }: Template,
  language: Language,
  values: Values,
  pictures: readonly QrPicture[],
): MailContent {
  const say = (texts: Texts) => fill(texts[language], values)
  const paragraphs = mail.paragraphs.map(say)
  const facts = (mail.facts ?? []).flatMap((fact) => lineOf(fact, language, values))
  const button = mail.button && lineOf(mail.button, language, values)[0]
  const content: Content = { subject: say(mail.subject), paragraphs, facts, button, pictures }
  return { subject: content.subject, text: asText(content), html: asHtml(content, language) }
}

type Line = readonly [label: string, value: string]

type Content = {
  readonly subject: string
  readonly paragraphs: readonly string[]
  readonly facts: readonly Line[]
  readonly button: Line | undefined
  readonly pictures: readonly QrPicture[]
}

function lineOf({ label, value }: Fact<string>, language: Language, values: Values): Line[] {
  const text = fill(`{${value}}`, values)
  return text === '' ? [] : [[label[language], text]]
}

function asText({ paragraphs, facts, button }: Content): string {
  const lines = [...facts, ...(button ? [button] : [])].map(([label, value]) => `${label}: ${value}`)
  return [...paragraphs, ...(lines.length > 0 ? [lines.join('\n')] : [])].join('\n\n').concat('\n')
}

function asHtml({ subject, paragraphs, facts, button, pictures }: Content, language: Language): string {
  const body = [
    ...paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`),
    ...(facts.length > 0 ? [`<table cellpadding="4">${facts.map(asRow).join('')}</table>`] : []),
    ...(button ? [asButton(button)] : []),
    ...pictures.map(asFigure),
  ]
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(subject)}</title></head>
<body style="font-family:sans-serif;line-height:1.5;max-width:36em;margin:0 auto;padding:1em">
${body.join('\n')}
</body>
</html>
`
}

const asRow = ([label, value]: Line) =>
  `<tr><th align="left" scope="row">${escapeHtml(label)}</th><td>${escapeHtml(value)}</td></tr>`

const asButton = ([label, address]: Line) =>
  `<p><a href="${escapeHtml(address)}" style="display:inline-block;padding:.7em 1.2em;border-radius:.4em;background:#0b5c4d;color:#fff;text-decoration:none">${escapeHtml(label)}</a></p>`

const asFigure = ({ caption }: QrPicture, index: number) =>
  `<p><img src="cid:${pictureId(index)}" alt="QR" width="276" height="276" style="background:#fff"><br>${escapeHtml(caption)}</p>`

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '')
}
