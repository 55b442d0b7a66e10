import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { readSource, type Source } from './source.ts'

/** A file of text with its path from the project's root. */
export type TextFile = { readonly path: string; readonly text: string }

const CODE_FOLDERS = ['services', 'gateway', 'clients', 'deploy', 'bench', 'scripts']

const ignored = (path: string): boolean => /(?:^|\/)(?:node_modules|dist|\.tms)(?:\/|$)/.test(path)

/** Every TypeScript file that people wrote. Run in the project's root. */
export function projectSources(): Source[] {
  return CODE_FOLDERS.flatMap((folder) => paths(`${folder}/**/*.{ts,tsx}`)).map(readSource)
}

/** Every file of SQL. */
export function sqlFiles(): TextFile[] {
  return paths('**/*.sql').map((path) => ({ path, text: readFileSync(path, 'utf8') }))
}

/** The services that are on disk: folders with a declaration. */
export function servicesOnDisk(): string[] {
  return readdirSync('services').filter((name) => existsSync(`services/${name}/service.ts`) && name !== 'kit')
}

function paths(pattern: string): string[] {
  return globSync(pattern, { exclude: ignored }).sort()
}

/** Whether a file is a test, or serves tests only. */
export function isTest(path: string): boolean {
  return /\.test\.tsx?$|\/testing(?:\/|\.ts$)/.test(path)
}

/** The service that a file belongs to; the kit is one here, what places services in processes is of none. */
export function serviceOf(path: string): string | undefined {
  return /^services\/(?!main\/)([^/]+)\//.exec(path)?.[1]
}
