import { type FullScenario, type Scenario, type ScenarioField, scenarioFields } from '../world/scenario.ts'
import type { World } from '../world/world.ts'
import { html, type Html } from './html.ts'

/** The stories that are asked for most, each a press of a button. */
export const presets: Readonly<Record<string, { readonly label: string; readonly scenario: Scenario }>> = {
  ask: { label: 'Ask me', scenario: { answer: 'manual' } },
  approve: { label: 'Approve for me', scenario: { answer: 'approve', answerDelayMs: 1500 } },
  decline: { label: 'Decline for me', scenario: { answer: 'decline', answerDelayMs: 1500 } },
  late: { label: 'Callback late', scenario: { callbackDelayMs: 30_000 } },
  lost: { label: 'Callback lost', scenario: { callbackLost: true } },
  doubled: { label: 'Callback tripled', scenario: { callbackCopies: 3 } },
  forged: { label: 'Callback forged', scenario: { forge: 'all' } },
  down: { label: 'Providers down', scenario: { outage: '503' } },
  hang: { label: 'Providers silent', scenario: { outage: 'hang' } },
}

/** What one phone, or everybody, is to live through: buttons for the usual stories, and every switch below. */
export function scenarioPanel(world: World, msisdn?: string): Html {
  const action = msisdn === undefined ? '/scenario' : `/phones/${msisdn}/scenario`
  const set = world.scenarios.setFor(msisdn)
  return html`
    <section class="card" aria-labelledby="scenario-title" id="scenario" data-live>
      <h2 id="scenario-title">
        ${msisdn === undefined ? 'What everybody lives through' : 'What this phone lives through'}
      </h2>
      ${summary(set)}
      <form method="post" action="${action}" class="presets">
        ${Object.entries(presets).map(
          ([name, { label, scenario }]) =>
            html`<button name="preset" value="${name}" aria-pressed="${String(isSet(set, scenario))}">
              ${label}
            </button>`,
        )}
        <button class="plain" name="preset" value="clear">Back to ordinary</button>
      </form>
    </section>
    <details class="card switches">
      <summary>Every switch</summary>
      <form method="post" action="${action}" id="switches">
        ${fieldsets(set, world.scenarios.of(msisdn))}
        <button class="primary">Apply</button>
      </form>
    </details>
  `
}

const isSet = (set: Scenario, wanted: Scenario) =>
  Object.entries(wanted).every(([name, value]) => set[name as keyof Scenario] === value)

function summary(set: Scenario): Html {
  const entries = Object.entries(set)
  if (entries.length === 0) return html`<p class="faint">An ordinary day: nothing is arranged.</p>`
  return html`<ul class="arranged">
    ${entries.map(([name, value]) => html`<li>${labelOf(name)}: <strong>${inWords(name, value)}</strong></li>`)}
  </ul>`
}

/** `yes`, `30000 ms`, `decline` */
function inWords(name: string, value: string | number | boolean): string {
  const field: ScenarioField = scenarioFields[name as keyof typeof scenarioFields]
  return field.kind === 'number' ? `${value} ${field.unit}` : (YES_NO[String(value)] ?? String(value))
}

const labelOf = (name: string) => scenarioFields[name as keyof typeof scenarioFields].label

function fieldsets(set: Scenario, inForce: FullScenario): Html[] {
  const groups = Map.groupBy(Object.entries<ScenarioField>(scenarioFields), ([, field]) => field.group)
  return [...groups].map(
    ([group, fields]) =>
      html`<fieldset>
        <legend>${group}</legend>
        ${fields.map(([name, field]) => control(name, field, set, inForce))}
      </fieldset>`,
  )
}

/** Empty means "not arranged here": what holds instead is shown in its place. */
function control(name: string, field: ScenarioField, set: Scenario, inForce: FullScenario): Html {
  const value = set[name as keyof Scenario]
  const usual = String(inForce[name as keyof FullScenario] ?? 'by chance')
  const input =
    field.kind === 'number'
      ? html`<input
          id="f-${name}"
          name="${name}"
          type="number"
          min="0"
          max="${field.max}"
          value="${value === undefined ? '' : String(value)}"
          placeholder="${usual}"
        />`
      : select(name, field.kind === 'flag' ? ['true', 'false'] : field.options, value, usual)
  return html`<div class="field">
    <label for="f-${name}">${field.label}${field.kind === 'number' && html` <small>(${field.unit})</small>`}</label>
    ${input}
  </div>`
}

const YES_NO: Record<string, string> = { true: 'yes', false: 'no' }

function select(name: string, options: readonly string[], value: Scenario[keyof Scenario], usual: string): Html {
  const option = (text: string) =>
    html`<option value="${text}" ${String(value) === text && 'selected'}>${YES_NO[text] ?? text}</option>`
  return html`<select id="f-${name}" name="${name}">
    <option value="">${value === undefined ? `as usual (${YES_NO[usual] ?? usual})` : 'as usual'}</option>
    ${options.map(option)}
  </select>`
}
