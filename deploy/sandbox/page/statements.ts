import { statementCsv } from '../daraja/statement.ts'
import { text } from '../net/answers.ts'
import type { Answer, Incoming } from '../net/router.ts'
import type { World } from '../world/world.ts'
import { html, type Html } from './html.ts'

const DAY_MS = 24 * 3_600_000
/** Days are those of Nairobi. */
const OFFSET = '+03:00'
const OFFSET_MS = 3 * 3_600_000

/** Settlement files of the newest days, to be downloaded as from the provider's portal. */
export function statementsCard(world: World): Html {
  const today = world.clock.now().getTime()
  const days = [dayOf(new Date(today)), dayOf(new Date(today - DAY_MS))]
  return html`<section class="card" aria-labelledby="statements-title">
    <h2 id="statements-title">Settlement files</h2>
    <p class="faint">What the M-PESA organisation portal exports, as CSV.</p>
    <ul>
      ${world.settings.businesses.map(
        ({ shortCode, name }) =>
          html`<li>${name}: ${days.map((day) => html` <a href="${pathOf(shortCode, day)}">${day}</a> `)}</li>`,
      )}
    </ul>
  </section>`
}

const pathOf = (shortCode: string, day: string) => `/statements/${shortCode}?from=${day}&to=${day}`

/** `GET /statements/174379?from=2026-11-20&to=2026-11-21`: whole days, both of them in; today when left out. */
export function statementAnswer(world: World, { params, query }: Incoming): Answer {
  const shortCode = params.shortCode ?? ''
  if (!world.settings.businesses.some((business) => business.shortCode === shortCode)) {
    return text(404, 'There is no such short code.')
  }
  const today = dayOf(world.clock.now())
  const [first, last] = [query.get('from') ?? today, query.get('to') ?? query.get('from') ?? today]
  const from = new Date(`${first}T00:00:00${OFFSET}`)
  const to = new Date(Date.parse(`${last}T00:00:00${OFFSET}`) + DAY_MS)
  if (!(from < to)) return text(400, 'from and to are days such as 2026-11-20, in this order.')
  const name = `statement-${shortCode}-${first}.csv`
  return {
    status: 200,
    headers: { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': `attachment; filename="${name}"` },
    body: statementCsv(world, shortCode, { from, to }),
  }
}

function dayOf(instant: Date): string {
  return new Date(instant.getTime() + OFFSET_MS).toISOString().slice(0, 10)
}
