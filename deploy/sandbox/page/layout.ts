import { openPrompts } from '../world/prompts.ts'
import type { Answer } from '../net/router.ts'
import type { Phone } from '../world/phones.ts'
import type { World } from '../world/world.ts'
import { formatNumber, initialsOf } from './format.ts'
import { html, type Html } from './html.ts'

const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': POLICY,
  // Not "no-referrer": with it browsers send the origin of a form as `null`, and our own forms would be refused.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
}

export type Page = {
  readonly title: string
  /** What the sidebar marks as open: an MSISDN, an address, or '' for the overview. */
  readonly open: string
  readonly content: Html
}

/** A whole page around `content`. Regions with `data-live` are what the script renews. */
export function pageAnswer(world: World, { title, open, content }: Page): Answer {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · TMS Sandbox</title>
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/page.css" />
        <script src="/assets/page.js" defer></script>
      </head>
      <body class="${open === '' ? 'at-overview' : 'at-detail'}">
        <a class="skip" href="#content">Skip to content</a>
        <header class="top">
          <a class="brand" href="/"><img src="/assets/icon.svg" alt="" width="28" height="28" />TMS Sandbox</a>
          <p class="tagline">M-PESA, SMS and mail — the outside world, on this machine</p>
          <p class="connection" id="connection" role="status"></p>
        </header>
        <nav class="sidebar" aria-label="Phones and mailboxes" id="sidebar" data-live>${sidebar(world, open)}</nav>
        <main class="content" id="content">${content}</main>
      </body>
    </html>`
  return { status: 200, headers: HEADERS, body: page.text }
}

function sidebar(world: World, open: string): Html {
  const addresses = world.mailboxes.addresses().slice(0, 30)
  return html`
    <a class="row overview" href="/" ${current(open === '')}>Overview</a>
    <h2>Phones</h2>
    <ul>
      ${world.phones.list().map((phone) => html`<li>${phoneRow(world, phone, open)}</li>`)}
    </ul>
    <form class="find" action="/open">
      <label for="number">Another number</label>
      <div class="field-row">
        <input id="number" name="number" type="tel" placeholder="+250 7…" autocomplete="off" required />
        <button>Open</button>
      </div>
    </form>
    <h2>Mailboxes</h2>
    ${addresses.length === 0 && html`<p class="empty">Mail to any address shows up here.</p>`}
    <ul>
      ${addresses.map(
        (address) =>
          html`<li>
            <a class="row" href="/mailboxes/${encodeURIComponent(address)}" ${current(open === address)}>
              <span class="avatar mail" aria-hidden="true">@</span>
              <span class="who"><strong>${address}</strong></span>
              <span class="badge quiet">${world.mailboxes.list(address).length}</span>
            </a>
          </li>`,
      )}
    </ul>
  `
}

const current = (isOpen: boolean) => isOpen && html`aria-current="page"`

function phoneRow(world: World, phone: Phone, open: string): Html {
  const prompts = openPrompts(world, phone.msisdn).length
  const named = !phone.name.startsWith('+')
  return html`<a class="row" href="/phones/${phone.msisdn}" ${current(open === phone.msisdn)}>
    <span class="avatar" aria-hidden="true">${initialsOf(phone.name)}</span>
    <span class="who">
      <strong>${named ? phone.name : formatNumber(phone.msisdn)}</strong>
      ${named && html`<small>${formatNumber(phone.msisdn)}</small>`}
    </span>
    ${prompts > 0 && html`<span class="badge">${prompts}<span class="unseen"> to answer</span></span>`}
  </a>`
}
