import { openPrompts } from '../world/prompts.ts'
import type { Payment } from '../world/payments.ts'
import { DEFAULT_PIN, type Phone, type Sms } from '../world/phones.ts'
import type { World } from '../world/world.ts'
import { formatAmount, formatNumber, formatTime, initialsOf } from './format.ts'
import { html, type Html, linked } from './html.ts'
import { scenarioPanel } from './scenario_panel.ts'

/** One phone: what waits for its owner, what it received, what it paid, and what it is to live through. */
export function phonePage(world: World, phone: Phone): Html {
  return html`
    <div class="phone-page">
      <section class="handset" aria-label="Phone of ${phone.name}">
        <div class="screen" tabindex="0">${screen(world, phone)}</div>
      </section>
      <aside class="beside">${scenarioPanel(world, phone.msisdn)}</aside>
    </div>
  `
}

function screen(world: World, phone: Phone): Html {
  return html`
    <header class="wallet" id="wallet" data-live>
      <span class="avatar large" aria-hidden="true">${initialsOf(phone.name)}</span>
      <div>
        <h1>${phone.name.startsWith('+') ? formatNumber(phone.msisdn) : phone.name}</h1>
        <p>
          ${formatNumber(phone.msisdn)} · PIN ${phone.pin}${phone.wrongPins >= 3 && html` · <strong>locked</strong>`}
        </p>
      </div>
      <p class="balance"><small>Balance</small>${formatAmount(phone.currency, phone.balance)}</p>
    </header>
    <div class="prompts" id="prompts" aria-live="polite" data-live>
      ${openPrompts(world, phone.msisdn).map(({ payment }) => promptCard(world, payment))}
    </div>
    <section class="feed" aria-labelledby="messages-title" id="messages" data-live>
      <h2 id="messages-title">Messages</h2>
      ${messageList(phone)}
    </section>
    <section class="feed" aria-labelledby="payments-title" id="payments" data-live>
      <h2 id="payments-title">Payments</h2>
      ${paymentList([...phone.payments].reverse())}
    </section>
  `
}

function promptCard(world: World, payment: Payment): Html {
  const action = (name: string) => `/phones/${payment.msisdn}/prompts/${payment.id}/${name}`
  const pinId = `pin-${payment.id}`
  const { promptTimeoutMs } = world.scenarios.of(payment.msisdn)
  const expireTime = new Date(payment.createTime.getTime() + promptTimeoutMs)
  return html`<form class="prompt" method="post" action="${action('approve')}" aria-labelledby="q-${payment.id}">
    <p class="prompt-head">${payment.wallet}</p>
    <p class="prompt-amount">${formatAmount(payment.currency, payment.amount)}</p>
    <p id="q-${payment.id}">
      Pay <strong>${payment.business}</strong> (${payment.shortCode}), account <strong>${payment.reference}</strong>?
    </p>
    <p class="faint">${payment.description} · until ${formatTime(expireTime, payment.msisdn)}</p>
    <label for="${pinId}">${payment.wallet} PIN</label>
    <input
      id="${pinId}"
      name="pin"
      type="password"
      inputmode="numeric"
      maxlength="8"
      autocomplete="off"
      required
      placeholder="${DEFAULT_PIN} by default"
    />
    <div class="actions">
      <button class="primary">Approve</button>
      <button formaction="${action('decline')}" formnovalidate>Decline</button>
      <button class="plain" formaction="${action('ignore')}" formnovalidate>Ignore</button>
    </div>
  </form>`
}

function messageList(phone: Phone): Html {
  const messages = phone.messages.filter((message) => message.reached).reverse()
  if (messages.length === 0) return html`<p class="empty">No messages yet.</p>`
  return html`<ol class="messages">
    ${messages.map((message) => html`<li>${bubble(message)}</li>`)}
  </ol>`
}

function bubble(message: Sms): Html {
  const parts = `${message.segments} ${message.segments === 1 ? 'part' : 'parts'}`
  return html`<article class="bubble">
    <header><strong>${message.from}</strong><time>${formatTime(message.receiveTime, message.to)}</time></header>
    <p class="sms">${linked(message.text)}</p>
    <footer>${message.encoding} · ${parts}${message.report && html` · report: ${message.report}`}</footer>
  </article>`
}

/** Newest first; `named` adds whose phone it was, for lists over many phones. */
export function paymentList(payments: readonly Payment[], named = false): Html {
  if (payments.length === 0) return html`<p class="empty">No payments yet.</p>`
  return html`<ol class="payments">
    ${payments.map((payment) => html`<li>${paymentRow(payment, named)}</li>`)}
  </ol>`
}

function paymentRow(payment: Payment, named: boolean): Html {
  const { outcome, msisdn } = payment
  const incoming = !['stk-push', 'c2b', 'collection'].includes(payment.kind)
  const state = !outcome ? 'pending' : outcome.receipt ? 'paid' : 'failed'
  const time = formatTime(outcome?.time ?? payment.createTime, msisdn)
  return html`<article class="payment ${state}">
    <div class="payment-what">
      <strong>${payment.business}</strong>
      <small>${payment.reference}${payment.reference !== '' && ' · '}${payment.description}</small>
      ${named && html`<a href="/phones/${msisdn}">${formatNumber(msisdn)}</a>`}
    </div>
    <div class="payment-sum">
      <strong>${incoming ? '+' : '−'} ${formatAmount(payment.currency, payment.amount)}</strong>
      <small>${time}</small>
    </div>
    <p class="payment-end">${ending(payment)} ${callbacksOf(payment)}</p>
  </article>`
}

function ending({ outcome, reversedBy }: Payment): Html {
  if (!outcome) return html`<span class="tag">waiting</span>`
  if (!outcome.receipt) return html`<span class="tag bad">${outcome.code}</span> ${outcome.text}`
  return html`<span class="tag good">${outcome.receipt}</span>${reversedBy && html` reversed by ${reversedBy}`}`
}

/** What became of each callback: who tests a slow or doubled one wants to see it. */
function callbacksOf({ deliveries }: Payment): Html {
  return html`${deliveries.map(({ forged, result }) => {
    const good = typeof result === 'number' && result < 300
    return html` <span class="tag ${forged ? 'forged' : good ? '' : 'bad'}"
      >${forged ? 'forged callback' : 'callback'} ${result}</span
    >`
  })}`
}
