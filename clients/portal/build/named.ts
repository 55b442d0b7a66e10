import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

const portal = resolve(import.meta.dirname, '../src')
const sdk = resolve(import.meta.dirname, '../../sdk')

/** Every identifier in the code of the portal, and in what it takes of the SDK. */
export function namesInCode(): ReadonlySet<string> {
  const { exports } = JSON.parse(readFileSync(join(sdk, 'package.json'), 'utf8')) as { exports: Record<string, string> }
  const files = new Set<string>()
  const names = new Set<string>()
  const visit = (file: string): void => {
    if (files.has(file) || !existsSync(file) || !statSync(file).isFile()) return
    files.add(file)
    const code = readFileSync(file, 'utf8')
    for (const [name] of code.matchAll(/[A-Za-z_]\w*/g)) names.add(name)
    for (const [, from = ''] of code.matchAll(/from '([^']+)'/g)) {
      if (from.startsWith('@tms/sdk')) visit(join(sdk, exports[from.replace('@tms/sdk', '.')] ?? ''))
      else if (from.startsWith('.') && !from.includes('/gen/')) visit(resolve(dirname(file), from))
    }
  }
  for (const name of globSync('**/*.{ts,tsx}', { cwd: portal })) if (!name.includes('.test.')) visit(join(portal, name))
  return names
}
