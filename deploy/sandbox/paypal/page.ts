import type { Answer, Incoming } from '../net/router.ts'
import { html, type Html } from '../page/html.ts'
import { approve } from './orders.ts'
import { PAYPAL_ROOT, type PayPal } from './paypal.ts'
import type { Order } from './store.ts'

/** As the page's own, but a form may lead away: back to the shop. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
}

/** `GET /checkoutnow?token=…`: what the payer sees. */
export function approvalPage({ orders }: PayPal, { query }: Incoming): Answer {
  const order = orders.orders.get(query.get('token') ?? '')
  if (!order) return page('Not found', html`<p>There is no such order.</p>`, 404)
  return page('Pay with PayPal', order.status === 'PAYER_ACTION_REQUIRED' ? question(order) : ended(order))
}

function question({ id, brandName, unit }: Order): Html {
  const action = (name: string) => `${PAYPAL_ROOT}/checkoutnow/${id}/${name}`
  return html`<form class="prompt" method="post" action="${action('approve')}" aria-labelledby="question">
    <p class="prompt-head">PayPal</p>
    <p class="prompt-amount">${unit.amount.currency_code} ${unit.amount.value}</p>
    <p id="question">Pay <strong>${brandName}</strong> for <strong>${unit.reference_id}</strong>?</p>
    <p class="faint">${unit.description}</p>
    <div class="actions">
      <button class="primary">Approve</button>
      <button formaction="${action('decline')}">Cancel and return</button>
    </div>
  </form>`
}

const ended = ({ status }: Order): Html => html`<p class="empty">This order is ${status.toLowerCase()}.</p>`

/** `POST /checkoutnow/:id/:action`: back to the shop, which is told the order's id and must not believe the rest. */
export function answerApproval(paypal: PayPal, { params }: Incoming): Answer {
  const order = paypal.orders.orders.get(params['id'] ?? '')
  if (!order) return page('Not found', html`<p>There is no such order.</p>`, 404)
  const approved = params['action'] === 'approve'
  if (approved) approve(paypal, order)
  const target = new URL(approved ? order.returnUrl : order.cancelUrl)
  target.searchParams.set('token', order.id)
  if (approved) target.searchParams.set('PayerID', 'SANDBOXPAYER1')
  return { status: 303, headers: { location: target.href } }
}

/** `GET /returned`: stands for the shop's own page, until there is one. */
export function returnedPage(): Answer {
  return page('Back at the shop', html`<p class="empty">You are back at the shop. You may close this page.</p>`)
}

function page(title: string, content: Html, status = 200): Answer {
  const whole = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · TMS Sandbox</title>
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/page.css" />
      </head>
      <body class="at-checkout">
        <main class="content" id="content">
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html>`
  return { status, headers: HEADERS, body: whole.text }
}
