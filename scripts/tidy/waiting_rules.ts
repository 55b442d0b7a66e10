import { isTest } from './project.ts'
import type { Source } from './source.ts'

/** Programs of the suite; what the kit itself does with HTTP is its business. */
const inService = (path: string): boolean => /^services\/(?!kit\/|main\/)[^/]+\//.test(path) && !isTest(path)
const inSuite = (path: string): boolean => /^(?:services|gateway)\//.test(path) && !isTest(path)

const HTTP_CLIENT = /^(?:node:)?(?:https?|http2)$|^(?:undici|axios|got|node-fetch|superagent|ky)(?:\/|$)/

/**
 * HTTP spoken by a service itself. Other services are called by the generated client in `ctx.peers`, the outside world by
 * `ctx.http`, which has time-outs and breakers.
 */
export function httpFaults(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => inService(path))
    .flatMap(({ path, imports, uses }) => [
      ...imports
        .filter(({ specifier }) => HTTP_CLIENT.test(specifier))
        .map(({ specifier, line }) => `${path}:${line} imports ${specifier}: call by ctx.peers or ctx.http`),
      ...uses
        .filter(({ kind, text }) => kind === 'call' && /^(?:globalThis\.)?fetch$/.test(text))
        .map(({ text, line }) => `${path}:${line} ${text}: call by ctx.peers or ctx.http`),
    ])
}

/** What reads files while a process starts, before anybody waits for it. */
const AT_THE_START =
  /^services\/main\/|^services\/kit\/(?:settings|db\/migrate)\.ts$|^gateway\/web\/(?:site|awaited)\.ts$/

const BLOCKING =
  /(?:^|\.)(?:read|write|append|open|exists|stat|lstat|readdir|mkdir|rm|access|copy|exec|execFile|spawn)\w*Sync$/

/** Waits that hold up every other call of the process. */
export function blockingFaults(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => inSuite(path) && !AT_THE_START.test(path))
    .flatMap(({ path, uses }) =>
      uses
        .filter(({ kind, text }) => kind === 'call' && BLOCKING.test(text))
        .map(({ text, line }) => `${path}:${line} ${text}: everybody waits for it; take the promise`),
    )
}
