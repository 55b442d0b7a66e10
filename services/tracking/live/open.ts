import { converse } from '#kit'
import type { Ctx } from '../context.ts'
import { converseWith } from '../ingest/conversation.ts'
import { accessOf } from './access.ts'
import { noteLivePort } from './endpoint.ts'
import { openNode } from './node.ts'
import { closeFeeds, feedsOf } from './present.ts'

/** Opens the node that sockets connect to; returns what drains and closes it. */
export async function openLive(ctx: Ctx): Promise<() => Promise<void>> {
  const node = await openNode({
    ...ctx,
    nodeId: ctx.newId(),
    feeds: feedsOf(ctx),
    access: accessOf(ctx),
    report: (session, frames, signal) => converse(converseWith(ctx), session, frames, signal),
  })
  noteLivePort(ctx, node.port)
  return async () => {
    await node.stop()
    closeFeeds(ctx)
  }
}
