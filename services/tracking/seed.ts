import type { Ctx } from './context.ts'
import { setPublished } from './store/feeds.ts'

/** Has companies of a demonstration publish their buses. */
export async function seedFeeds({ db }: Pick<Ctx, 'db'>, tenantIds: readonly string[]): Promise<void> {
  for (const tenantId of tenantIds) await db.transaction((tx) => setPublished(tx, tenantId, true), { tenantId })
}
