import type { IncomingHttpHeaders, ServerResponse } from 'node:http'

/** A request whose body has been read. */
export type Incoming = {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** What the `:names` of the route stood for, percent-decoded. */
  readonly params: Readonly<Record<string, string>>
}

export type Answer = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

/** Beyond an ordinary answer: say nothing, cut the line, or keep writing. */
export type Reply = Answer | 'hang' | 'reset' | { readonly stream: (response: ServerResponse) => void }

export type Handler = (request: Incoming) => Reply | Promise<Reply>

/** `GET /phones/:msisdn` and who answers it. */
export type Routes = Readonly<Record<string, Handler>>

export type Router = {
  /** The handler and the route's params; `method` says that only another method is known. */
  find(method: string, path: string): { handler: Handler; params: Record<string, string> } | 'method' | undefined
}

type Pattern = { readonly method: string; readonly segments: readonly string[]; readonly handler: Handler }

/** Looks fixed paths up in a map, and tries the few with `:names` in turn. */
export function routerOf(routes: Routes): Router {
  const fixed = new Map<string, Handler>()
  const patterns: Pattern[] = []
  for (const [route, handler] of Object.entries(routes)) {
    const [method = '', path = ''] = route.split(' ')
    if (path.includes(':')) patterns.push({ method, segments: path.split('/'), handler })
    else fixed.set(route, handler)
  }

  return {
    find: (method, path) => {
      const handler = fixed.get(`${method} ${path}`)
      if (handler) return { handler, params: {} }
      return findPattern(patterns, method, path) ?? (hasOtherMethod(fixed, path) ? 'method' : undefined)
    },
  }
}

function findPattern(patterns: readonly Pattern[], method: string, path: string): ReturnType<Router['find']> {
  const segments = path.split('/')
  for (const pattern of patterns) {
    const params = pattern.method === method ? match(pattern.segments, segments) : undefined
    if (params) return { handler: pattern.handler, params }
  }
  return patterns.some((pattern) => match(pattern.segments, segments)) ? 'method' : undefined
}

function match(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined
  const params: Record<string, string> = {}
  for (const [i, expected] of pattern.entries()) {
    const actual = segments[i] ?? ''
    if (expected.startsWith(':')) params[expected.slice(1)] = decode(actual)
    else if (expected !== actual) return undefined
  }
  return params
}

/** A stray `%` stands for itself. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

function hasOtherMethod(fixed: ReadonlyMap<string, Handler>, path: string): boolean {
  return ['GET', 'POST', 'DELETE'].some((method) => fixed.has(`${method} ${path}`))
}
