import { isTest, serviceOf } from './project.ts'
import type { Import, Source } from './source.ts'

/** What is wrong with an import, in words that follow its specifier; undefined when it is fine. */
type Rule = (imported: Import, source: Source) => string | undefined

/** Imports that cross a border of the project, as `<file>:<line> imports <what>: <why not>`. */
export function importFaults(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const rule = ruleFor(source.path)
    return source.imports.flatMap((imported) => {
      const fault = rule(imported, source)
      return fault ? [`${source.path}:${imported.line} imports ${imported.specifier}: ${fault}`] : []
    })
  })
}

function ruleFor(path: string): Rule {
  const service = serviceOf(path)
  if (service === 'kit') return kitRule
  if (service !== undefined) return serviceRule
  if (path.startsWith('services/')) return placementRule
  if (path.startsWith('gateway/')) return gatewayRule
  if (path.startsWith('deploy/')) return outsideRule
  return path.startsWith('clients/') ? clientRule : () => undefined
}

const isOfProject = (target: string): boolean => /^(?:services|gateway|clients|deploy|bench|scripts|gen)\//.test(target)

/** Files of the project are named by their alias from outside their folder. */
function unaliased({ specifier, target }: Import): string | undefined {
  if (!specifier.startsWith('.')) return undefined
  if (target.startsWith('gen/')) return 'generated code is imported as #gen/…'
  return target.startsWith('services/kit/') ? "the kit is imported as '#kit'" : undefined
}

function testingOutsideTests(imported: Import, source: Source): string | undefined {
  const testing = imported.target.startsWith('services/kit/testing/')
  return testing && !isTest(source.path) ? "'#kit/testing' is for tests" : undefined
}

const serviceRule: Rule = (imported, source) => {
  const own = serviceOf(source.path)
  const { target } = imported
  if (!isOfProject(target) || target.startsWith(`services/${own}/`)) return undefined
  const general = unaliased(imported) ?? testingOutsideTests(imported, source)
  if (general || target.startsWith('gen/') || target.startsWith('services/kit/')) return general
  if (isTest(source.path)) return testRule(imported)
  return 'a service knows others by their contracts only: declare it in `calls`, or consume its events'
}

/** A test places whole services together, lets them believe each other's tokens, and talk to the sandbox. */
function testRule({ target }: Import): string | undefined {
  if (/^services\/(?:[^/]+\/service|identity)\.ts$/.test(target) || target.startsWith('deploy/')) return undefined
  return 'a test may place another service by its service.ts, but not reach into it'
}

const kitRule: Rule = ({ target }, source) => {
  if (!isOfProject(target) || target.startsWith('services/kit/')) return undefined
  if (target.startsWith('gen/')) {
    const business = /^gen\/tms\/(?!access\/|event\/)/.test(target)
    return business && !isTest(source.path) ? 'the kit knows the contracts of no service' : undefined
  }
  return isTest(source.path) && target.startsWith('deploy/') ? undefined : 'the kit knows no service and no command'
}

/** main.ts, main/ and roster.ts bring the services together, and fill them when they are empty. */
const placementRule: Rule = ({ target }) => {
  if ([undefined, 'kit'].includes(serviceOf(target)) || /\/(?:service|seed)\.ts$/.test(target)) return undefined
  return 'a service is placed by its service.ts, and filled by its seed.ts, alone'
}

/** The gateway is a host of its own, so it takes parts of the kit that services have no use for. */
const gatewayRule: Rule = (imported, source) => {
  const { target } = imported
  if (!isOfProject(target) || target.startsWith('gateway/')) return undefined
  if (target.startsWith('gen/')) return unaliased(imported)
  if (target.startsWith('services/kit/')) return testingOutsideTests(imported, source)
  return isTest(source.path) ? testRule(imported) : 'the gateway forwards by descriptors and knows no service'
}

/** The commands in deploy/ run without the suite, so they take only what the kit has. */
const outsideRule: Rule = ({ target }) => {
  const reaches = /^(?:services\/(?!kit\/)[^/]+\/|gateway\/|bench\/)/.test(target)
  return reaches ? 'what stands outside the suite speaks to it over the wire' : undefined
}

const clientRule: Rule = ({ target }, source) => {
  const reaches = /^(?:services|gateway|deploy|bench|scripts)\//.test(target) && !isTest(source.path)
  return reaches ? 'a client has only the contracts' : undefined
}
