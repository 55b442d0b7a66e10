import type { MoneyTotals } from '../world/payments.ts'
import type { World } from '../world/world.ts'
import { formatAmount } from './format.ts'
import { html, type Html } from './html.ts'
import { paymentList } from './phone_page.ts'
import { scenarioPanel } from './scenario_panel.ts'
import { statementsCard } from './statements.ts'

/** The whole world at a glance: money, the newest payments, and what everybody lives through. */
export function overviewPage(world: World): Html {
  return html`
    <div class="overview-page">
      <section aria-labelledby="money-title" id="money" data-live>
        <h1 id="money-title">Overview</h1>
        ${totals(world.payments.totals())}
        <h2>Newest payments</h2>
        <div class="card">${paymentList(world.payments.list(undefined, 20), true)}</div>
      </section>
      <aside class="beside">
        ${scenarioPanel(world)} ${statementsCard(world)}
        <section class="card" aria-labelledby="reset-title">
          <h2 id="reset-title">Start over</h2>
          <p class="faint">Forgets payments, messages, mail and scenarios. Balances are full again.</p>
          <form method="post" action="/reset"><button class="danger">Reset the sandbox</button></form>
        </section>
      </aside>
    </div>
  `
}

function totals(byCurrency: Record<string, MoneyTotals>): Html {
  const currencies = Object.entries(byCurrency)
  if (currencies.length === 0)
    return html`<p class="faint">Nothing has been paid yet. Open a phone, and start a payment in the suite.</p>`
  return html`<div class="totals">${currencies.map(([currency, totals]) => moneyCard(currency, totals))}</div>`
}

function moneyCard(currency: string, { charged, reversed, paidOut }: MoneyTotals): Html {
  return html`<div class="card figure">
    <small>Paid by phones</small>
    <strong>${formatAmount(currency, charged.amount)}</strong>
    <small>${charged.count} ${charged.count === 1 ? 'payment' : 'payments'}</small>
    ${reversed.count > 0 && html`<small>${formatAmount(currency, reversed.amount)} given back</small>`}
    ${paidOut.count > 0 && html`<small>${formatAmount(currency, paidOut.amount)} paid out</small>`}
  </div>`
}
