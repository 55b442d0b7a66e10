import { isTest, serviceOf } from './project.ts'
import type { Source, Use } from './source.ts'

/** A habit that is not wanted, where, and what to do instead. */
type Habit = {
  readonly where: (path: string) => boolean
  readonly isMeant: (use: Use) => boolean
  readonly instead: string
}

const inService = (path: string): boolean => ![undefined, 'kit'].includes(serviceOf(path)) && !isTest(path)
const inSuite = (path: string): boolean => (inService(path) || path.startsWith('gateway/')) && !isTest(path)

/** Uses of what is not wanted, as `<file>:<line> <what>: <what instead>`. */
function faultsOf(habit: Habit, sources: readonly Source[]): string[] {
  return sources
    .filter((source) => habit.where(source.path))
    .flatMap(({ path, uses }) =>
      uses.filter(habit.isMeant).map(({ text, line }) => `${path}:${line} ${text}: ${habit.instead}`),
    )
}

/** Statements outside the rooms that own them. */
export function sqlFaults(sources: readonly Source[]): string[] {
  const elsewhere = sources.filter(({ path }) => inSuite(path) && !path.includes('/store/'))
  const imports = elsewhere.flatMap(({ path, imports }) =>
    imports
      .filter(({ specifier }) => /^(?:drizzle-orm|postgres)(?:\/|$)/.test(specifier))
      .map(({ specifier, line }) => `${path}:${line} imports ${specifier}: SQL stands in store/`),
  )
  const statement = /(?:^|\.)(?:tx|db|system)\.(?:select|selectDistinct|insert|update|delete|execute|with|query)$/
  const habit: Habit = {
    where: () => true,
    isMeant: ({ kind, text }) => (kind === 'tag' && /^sql\b/.test(text)) || (kind === 'call' && statement.test(text)),
    instead: 'SQL stands in store/, as a named function that takes the transaction',
  }
  return [...imports, ...faultsOf(habit, elsewhere)]
}

/** Clocks read elsewhere than from the context, which tests can set. */
export function clockFaults(sources: readonly Source[]): string[] {
  return faultsOf(
    {
      where: inService,
      isMeant: ({ kind, text }) => (kind === 'call' && text === 'Date.now') || (kind === 'new' && text === 'Date()'),
      instead: 'the time comes from ctx.clock.now()',
    },
    sources,
  )
}

/** Environment read elsewhere than by the typed settings, which report all faults at once. */
export function environmentFaults(sources: readonly Source[]): string[] {
  return faultsOf(
    {
      where: (path) => inSuite(path) || path.startsWith('clients/sdk/'),
      isMeant: ({ kind, text }) => kind === 'read' && text === 'process.env',
      instead: 'settings are declared in config.ts',
    },
    sources,
  )
}

/** Output that no log reader gets. */
export function consoleFaults(sources: readonly Source[]): string[] {
  return faultsOf(
    {
      where: (path) => (inSuite(path) || /^(?:services\/kit|clients)\//.test(path)) && !isTest(path),
      isMeant: ({ kind, text }) => kind === 'call' && text.startsWith('console.'),
      instead: 'say it by ctx.log',
    },
    sources,
  )
}

const GIVEN_UP = /@ts-(?:ignore|nocheck|expect-error)|\beslint-disable/

/** Types and rules that were given up. */
export function surrenderFaults(sources: readonly Source[]): string[] {
  const any = faultsOf(
    { where: () => true, isMeant: ({ kind }) => kind === 'type', instead: 'say what it is, or unknown' },
    sources,
  )
  const comments = sources.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const comment = /(?:\/\/|\/\*)\s*(.*)/.exec(line)?.[1] ?? ''
      return GIVEN_UP.test(comment) ? [`${path}:${index + 1} ${comment.trim()}: mend the cause`] : []
    }),
  )
  return [...any, ...comments]
}

const IMPURE =
  /^(?:#gen|@bufbuild\/|@connectrpc\/|drizzle-orm|postgres|ioredis|nats|node:(?:fs|net|http|https|timers|child_process))/

/** Rules of the trade that need something else than their arguments. */
export function domainFaults(sources: readonly Source[]): string[] {
  const domain = sources.filter(({ path }) => inService(path) && path.includes('/domain/'))
  return domain.flatMap(({ path, imports }) =>
    imports
      .filter(({ specifier, target }) => IMPURE.test(specifier) || /\/(?:store|rpc|events)\//.test(target))
      .map(({ specifier, line }) => `${path}:${line} imports ${specifier}: domain/ knows neither I/O nor protobuf`),
  )
}
