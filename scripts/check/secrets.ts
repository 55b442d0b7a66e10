import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { command, faults, root, type Finding } from './command.ts'

/** What a credential looks like, whatever it is called. */
const SHAPES: readonly (readonly [what: string, shape: RegExp])[] = [
  ['a private key', /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?:\s*$|\\n[\w+/])/],
  ['an AWS key', /\bAKIA[0-9A-Z]{16}\b/],
  ['a Google API key', /\bAIza[0-9A-Za-z_-]{35}\b/],
  ['a GitHub token', /\bgh[pousr]_[0-9A-Za-z]{36}\b/],
  ['a Slack token', /\bxox[abprs]-[0-9A-Za-z-]{10,}/],
  ['an address with a password', /\b[a-z]+:\/\/[^\s/:@'"`$<]+:[^\s/:@'"`$<{]{8,}@(?!127\.0\.0\.1|localhost)/],
]

/** A value given to a name that speaks of a secret. */
const ASSIGNMENT = /\w*(?:secret|key|password|passkey|token)\w*["']?\s*[:=]\s*["'`]?([\w+/=-]{20,})/gi

/** Public by their owner's own documentation. */
const PUBLIC_VALUES = new Set([
  // Safaricom gives every developer this passkey for the Daraja sandbox's short code 174379.
  'bfb279f9aa9bdbcf158e97dd71a467cd2e0c893059b10f78e6b72ada1ed2c919',
])

/** Words of a language stay below, random text of the same length is above; in bits per character. */
const RANDOM_ABOVE = 3.7

const LARGEST_BYTES = 1_000_000

/** Whether a file that is, or would be, committed holds a secret. */
export async function secrets(): Promise<Finding> {
  const { ok, said } = await command('git', 'ls-files', '--cached', '--others', '--exclude-standard')
  if (!ok) return { ok: true, said: 'skipped: without git it is not known which files are committed' }
  const files = said.split('\n').filter((file) => !/^(gen\/|package-lock\.json$)/.test(file))
  return faults(files.flatMap((file) => secretsIn(readText(join(root, file))).map((found) => `${file}:${found}`)))
}

function readText(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat?.isFile() && stat.size <= LARGEST_BYTES ? readFileSync(path, 'utf8') : ''
}

/** The secrets in a text, each as `<line>: <what it looks like>`; the value itself is not repeated. */
export function secretsIn(text: string): string[] {
  return text.split('\n').flatMap((line, index) => {
    const shapes = SHAPES.filter(([, shape]) => shape.test(line)).map(([what]) => what)
    const values = [...line.matchAll(ASSIGNMENT)].map((match) => match[1] ?? '').filter(isRandom)
    return [...shapes, ...values.map(() => 'a random value under the name of a secret')].map(
      (what) => `${index + 1}: looks like ${what}`,
    )
  })
}

/** Words and numbers with dashes between: an identifier, or the password of a made-up person in a test. */
const WORDS = /^(?:[A-Z]?[a-z]*|[A-Z]+|\d{1,4})(?:[-_](?:[A-Z]?[a-z]*|[A-Z]+|\d{1,4}))*$/

function isRandom(value: string): boolean {
  if (PUBLIC_VALUES.has(value) || WORDS.test(value)) return false
  return /\d/.test(value) && /[a-z]/i.test(value) && bitsPerCharacter(value) > RANDOM_ABOVE
}

/** Shannon's entropy of the characters' frequencies. */
function bitsPerCharacter(value: string): number {
  const counts = new Map<string, number>()
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1)
  const shares = [...counts.values()].map((count) => count / value.length)
  return -shares.reduce((sum, share) => sum + share * Math.log2(share), 0)
}
