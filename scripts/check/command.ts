import { spawn } from 'node:child_process'
import { delimiter, resolve } from 'node:path'

/** The checkout. */
export const root = resolve(import.meta.dirname, '../..')

/** What a check found: `said` is shown when it is not ok, or when it is all there is to tell. */
export type Finding = { readonly ok: boolean; readonly said: string }

const PATH = [resolve(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter)

/** Runs a program of the checkout in its root, and takes an exit code other than 0 for a fault. */
export function command(program: string, ...args: readonly string[]): Promise<Finding> {
  return new Promise((done) => {
    const child = spawn(program, args, { cwd: root, env: { ...process.env, PATH, NO_COLOR: '1' }, stdio: 'pipe' })
    child.stdin.end()
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)))
    child.once('error', (err) => done({ ok: false, said: err.message }))
    child.once('close', (code) => done({ ok: code === 0, said: said.trimEnd() }))
  })
}

/** Runs a program that is a JavaScript file by the Node that runs this one, whatever Node is in PATH. */
export function node(script: string, ...args: readonly string[]): Promise<Finding> {
  return command(process.execPath, script, ...args)
}

/** One finding of many: ok when there is no fault, one fault a line otherwise. */
export function faults(lines: readonly string[]): Finding {
  return { ok: lines.length === 0, said: lines.join('\n') }
}
