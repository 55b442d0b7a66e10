import { type Boot, BOOT_ID } from '../app/boot.ts'
import { LANGUAGES, prefixOf } from '../i18n/languages.ts'
import type { Assets } from './assets.ts'

/** What a document is made of. */
export type DocumentParts = {
  readonly boot: Boot
  readonly markup: string
  readonly title: string
  readonly description: string
  readonly isIndexed: boolean
  readonly publicUrl: string
  readonly assets: Assets
  readonly structured: readonly object[]
}

/** The whole document. Nothing in it is a script of its own: what the page is told stands in a block of data. */
export function documentOf(parts: DocumentParts): string {
  const { boot, markup, title, description, assets } = parts
  return [
    '<!doctype html>',
    `<html lang="${boot.language}">`,
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(title)} · TMS</title>`,
    `<meta name="description" content="${escaped(description)}">`,
    '<meta name="theme-color" content="#faf6ef" media="(prefers-color-scheme: light)">',
    '<meta name="theme-color" content="#13120f" media="(prefers-color-scheme: dark)">',
    '<link rel="manifest" href="/manifest.webmanifest">',
    '<link rel="icon" href="/icon.svg" type="image/svg+xml">',
    ...addresses(parts),
    ...assets.styles.map((file) => `<link rel="stylesheet" href="${file}">`),
    ...assets.preloads.map((file) => `<link rel="modulepreload" href="${file}">`),
    `<script type="module" src="${assets.script}"></script>`,
    ...parts.structured.map((one) => `<script type="application/ld+json">${jsonInHtml(one)}</script>`),
    '</head>',
    '<body>',
    `<div id="app">${markup}</div>`,
    `<script type="application/json" id="${BOOT_ID}">${jsonInHtml(boot)}</script>`,
    '</body>',
    '</html>',
  ].join('\n')
}

/** Where search engines find the page, and the same in other languages. */
function addresses({ boot, isIndexed, publicUrl }: DocumentParts): string[] {
  if (!isIndexed) return ['<meta name="robots" content="noindex">']
  const url = (language: Boot['language']) => escaped(`${publicUrl}${prefixOf(language)}${boot.path}`)
  return [
    `<link rel="canonical" href="${url(boot.language)}">`,
    ...LANGUAGES.map((one) => `<link rel="alternate" hreflang="${one}" href="${url(one)}">`),
    `<link rel="alternate" hreflang="x-default" href="${url('en')}">`,
  ]
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text as it may stand in markup and in an attribute. */
export function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign)
}

/** JSON as it may stand in a block of data: nothing in it can end the block or begin a comment. */
export function jsonInHtml(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
