import { UserError } from '../../services/kit/user_error.ts'
import { answers } from './ports.ts'

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  'postgres:': 5432,
  'postgresql:': 5432,
  'redis:': 6379,
  'rediss:': 6379,
  'nats:': 4222,
  'tls:': 4222,
}

/**
 * The address of a server that somebody else runs, after a look whether it is there.
 *
 * @throws {UserError} when it is no address, or nobody answers within 3 s.
 */
export async function givenUrl(variable: string, text: string): Promise<string> {
  const address = URL.parse(text)
  const port = address && (Number(address.port) || DEFAULT_PORTS[address.protocol])
  if (!address || !port) throw new UserError(`${variable} is not an address of a server: correct or unset it`)
  const host = address.hostname.replace(/^\[(.*)\]$/, '$1') || '127.0.0.1'
  if (await answers(host, port, '', /^/, 3000)) return text
  throw new UserError(`nobody answers at ${host}:${port}: start that server, or unset ${variable} to have one started`)
}
