import { type Poster, startPoster } from '../net/poster.ts'
import { type Accounts, startAccounts } from './accounts.ts'
import { type Arrivals, startArrivals } from './arrivals.ts'
import { type Changes, startChanges } from './changes.ts'
import { type Mailboxes, startMailboxes } from './mailboxes.ts'
import { type Payments, startPayments } from './payments.ts'
import { type Phones, startPhones } from './phones.ts'
import { type Random, randomOf } from './random.ts'
import { type Scenarios, startScenarios } from './scenarios.ts'
import type { Clock, Settings } from './settings.ts'
import { type Timers, startTimers } from './timers.ts'

/** Everything outside the suite: people with phones, mailboxes, a wallet provider's books. In memory, bounded. */
export type World = {
  readonly settings: Settings
  readonly clock: Clock
  readonly random: Random
  readonly timers: Timers
  readonly changes: Changes
  readonly scenarios: Scenarios
  readonly phones: Phones
  readonly payments: Payments
  readonly accounts: Accounts
  readonly mailboxes: Mailboxes
  readonly arrivals: Arrivals
  readonly poster: Poster
  /** What the account holder typed into the dashboards of Africa's Talking and of Airtel. */
  readonly dashboard: { reportUrl: string; airtelCallbackUrl: string }
}

export function startWorld(settings: Settings, clock: Clock, seed?: number): World {
  return {
    settings,
    clock,
    random: randomOf(seed),
    timers: startTimers(),
    changes: startChanges(),
    scenarios: startScenarios(
      settings.scenario,
      settings.phones.map((phone) => phone.msisdn),
    ),
    phones: startPhones(settings.phones),
    payments: startPayments(),
    accounts: startAccounts(),
    mailboxes: startMailboxes(),
    arrivals: startArrivals(),
    poster: startPoster(clock),
    dashboard: { reportUrl: '', airtelCallbackUrl: '' },
  }
}

/** Back to the first day. Open prompts and callbacks that wait are forgotten, without a word to anybody. */
export function resetWorld(world: World): void {
  world.timers.clear()
  for (const part of ['scenarios', 'phones', 'payments', 'accounts', 'mailboxes', 'arrivals'] as const) {
    world[part].reset()
  }
  world.changes.tell({})
}
