import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { command, type Finding } from './command.ts'

/** Whether `gen/` is what the protos generate today: nothing edited, forgotten or left over. */
export async function generatedCode(): Promise<Finding> {
  const work = mkdtempSync(join(tmpdir(), 'tms-gen-'))
  try {
    const generated = await command('buf', 'generate', '--output', work)
    if (!generated.ok) return generated
    const { ok, said } = await command('diff', '-rq', join(work, 'gen'), 'gen')
    return { ok, said: ok ? '' : `${said.replaceAll(work, 'generated')}\nrun \`npm run gen\` and commit gen/` }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
