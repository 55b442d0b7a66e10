import { BlockList, isIP, isIPv4 } from 'node:net'

/** Tells the address of the client from that of the connection and the header `x-forwarded-for`. */
export type AddressReader = (connection: string | undefined, forwardedFor: string | undefined) => string

/**
 * Reads the client's address behind the proxies that are trusted.
 *
 * Each proxy adds the address it was called from to the end of `x-forwarded-for`. From the connection backwards,
 * trusted addresses are skipped; the first other one is the client. What stands before it is the client's own word.
 *
 * @param trusted addresses and networks in CIDR form, e.g. `10.0.0.0/8`.
 * @throws {RangeError} when one is neither.
 */
export function addressReader(trusted: readonly string[]): AddressReader {
  const proxies = blockList(trusted)
  const isProxy = (address: string) => proxies.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
  return (connection, forwardedFor) => {
    let address = plainAddress(connection ?? '')
    if (trusted.length === 0 || forwardedFor === undefined) return address
    const hops = forwardedFor.split(',')
    while (isIP(address) !== 0 && isProxy(address) && hops.length > 0) {
      const hop = plainAddress(hops.pop()?.trim() ?? '')
      if (isIP(hop) === 0) break // a proxy of ours does not write that: stay with what is known
      address = hop
    }
    return address
  }
}

/** Whether an address is the machine itself. */
export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.')
}

/**
 * What limits are counted against: an IPv4 address, or the /64 that a site gets of IPv6, within which a host can choose
 * a new address for every call.
 */
export function limitScope(address: string): string {
  if (isIP(address) !== 6) return address
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const filled = tail === undefined ? groups : [...groups, ...Array<string>(8).fill('0')]
  return `${filled.slice(0, 4).join(':')}::/64`
}

/** IPv4 in its own form, also when the socket shows it mapped into IPv6, and without a zone. */
function plainAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  return mapped ?? address.replace(/%.*$/, '').toLowerCase()
}

function blockList(entries: readonly string[]): BlockList {
  const proxies = new BlockList()
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/')
    const family = isIPv4(address) ? 'ipv4' : 'ipv6'
    const bits = prefix === undefined ? (family === 'ipv4' ? 32 : 128) : Number(prefix)
    if (isIP(address) === 0 || !Number.isInteger(bits)) throw new RangeError(`"${entry}" is not an address or network`)
    proxies.addSubnet(address, bits, family)
  }
  return proxies
}
