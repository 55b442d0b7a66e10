/** Builds the portal into a folder: `node deploy/web/build.ts FOLDER`. Run apart, so that its memory is given back. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { build } from 'vite'

const brotli = promisify(zlib.brotliCompress)
const gzip = promisify(zlib.gzip)

/** Smaller files gain nothing. */
const WORTH_BYTES = 1_024
const TEXT = /\.(?:js|css|svg|json|webmanifest|txt)$/

/** Packs every text as tightly as it goes, once, so that no request pays for it. */
async function compress(folder: string): Promise<void> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => TEXT.test(name))
  await Promise.all(
    files.map(async (name) => {
      const path = join(folder, name)
      const bytes = readFileSync(path)
      if (bytes.length < WORTH_BYTES) return
      writeFileSync(`${path}.br`, await brotli(bytes))
      writeFileSync(`${path}.gz`, await gzip(bytes, { level: 9 }))
    }),
  )
}

const target = resolve(process.argv[2] ?? '.tms/web/next')
const configFile = resolve(import.meta.dirname, '../../clients/portal/vite.config.ts')
const shared = { configFile, logLevel: 'warn' } as const
await Promise.all([
  build({ ...shared, build: { outDir: join(target, 'client') } }).then(() => compress(join(target, 'client'))),
  build({ ...shared, build: { outDir: join(target, 'server'), ssr: true } }),
])
