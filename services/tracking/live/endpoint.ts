import type { Ctx } from '../context.ts'

const ports = new WeakMap<Ctx, number>()

/** Remembers which port this process's node was given. */
export function noteLivePort(ctx: Ctx, port: number): void {
  ports.set(ctx, port)
}

/** Where clients find nodes: as it was set, else where the node of this process listens. */
export function liveUrls(ctx: Ctx): string[] {
  const { liveUrls: urls, liveHost, livePort } = ctx.settings
  if (urls.length > 0) return [...urls]
  const host = liveHost.includes(':') ? `[${liveHost}]` : liveHost
  return [`ws://${host}:${ports.get(ctx) ?? livePort}/live`]
}
