// Starts the servers and keeps them until Ctrl-C or SIGTERM, for whoever wants to look inside or work beside the suite:
//   eval "$(node deploy/local/main.ts [folder] [--fresh] &)"
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { startInfra, UserError } from './index.ts'

const { values, positionals } = parseArgs({ options: { fresh: { type: 'boolean' } }, allowPositionals: true })

try {
  const infra = await startInfra({ dir: positionals[0] ?? resolve('.tms'), fresh: values.fresh ?? false })
  console.log(
    `export DATABASE_URL=${infra.databaseUrl}\nexport REDIS_URL=${infra.redisUrl}\nexport NATS_URL=${infra.natsUrl}`,
  )
  const alive = setInterval(() => undefined, 1 << 30) // the servers themselves do not hold this process
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void infra.stop().finally(() => clearInterval(alive)))
  }
} catch (err) {
  if (!(err instanceof UserError)) throw err
  console.error(err.message)
  process.exitCode = 1
}
