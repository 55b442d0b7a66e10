import type { FullScenario } from '../world/scenario.ts'
import type { World } from '../world/world.ts'
import type { Answer, Reply } from './router.ts'

/** What a provider answers in each way of being unwell that has an answer of its own. */
export type OutageAnswers = Readonly<Record<'maintenance' | 'busy' | 'quota', () => Answer>>

/** Who may be unwell alone, or all. */
export type OutageTarget = Exclude<FullScenario['outageOf'], 'all'>

/** Answers, unless the scenario has the provider unwell. */
export async function withOutage(
  world: World,
  { outage, outagePercent, outageOf }: FullScenario,
  target: OutageTarget,
  answers: OutageAnswers,
  answer: () => Promise<Reply>,
): Promise<Reply> {
  const spared = outageOf !== 'all' && outageOf !== target
  if (outage === 'none' || spared || world.random.below(100) >= outagePercent) return answer()
  switch (outage) {
    case '503':
      return { status: 503, headers: { 'content-type': 'text/html' }, body: '<h1>Service Unavailable</h1>' }
    case 'hang':
      return 'hang'
    case 'reset':
      return 'reset'
    case 'lost-answer':
      await answer()
      return 'reset'
    case 'maintenance':
    case 'busy':
    case 'quota':
      return answers[outage]()
  }
}

/** The status for the log of arrivals. */
export const statusOf = (reply: Reply): number | 'none' =>
  typeof reply === 'object' && 'status' in reply ? reply.status : 'none'
