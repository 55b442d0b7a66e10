import { lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** An address is one of a private network, of this machine, or of none: what users name may not reach it. */
export class PrivateAddress extends Error {
  override readonly name = 'PrivateAddress'
  readonly code = 'EHOSTUNREACH'

  constructor(host: string) {
    super(`${host} is no address of the public network`)
  }
}

/** What is not of the public network. Source: IANA IPv4 and IPv6 Special-Purpose Address Registries. */
const NOT_PUBLIC = [
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24',
  '192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4',
  '::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 fc00::/7 fe80::/10 ff00::/8',
]

const blocked = new BlockList()
for (const subnet of NOT_PUBLIC.join(' ').split(' ')) {
  const [net = '', prefix = ''] = subnet.split('/')
  blocked.addSubnet(net, Number(prefix), isIP(net) === 6 ? 'ipv6' : 'ipv4')
}

/** Whether an IP address is one of the public network; false for what is none. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  // An IPv4 address in the clothes of IPv6 is judged as what it is.
  return family !== 0 && !blocked.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

/** The error for a host of a URL that is written as an address and no public one. */
export function privateLiteral(hostname: string): PrivateAddress | undefined {
  const address = hostname.replace(/^\[|\]$/g, '')
  return isIP(address) !== 0 && !isPublicAddress(address) ? new PrivateAddress(hostname) : undefined
}

/** Looks a name up for a connection, which is refused when any of its addresses is not public: judged is what is connected to. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (err, addresses) => {
    const hidden = err ? undefined : addresses.find(({ address }) => !isPublicAddress(address))
    if (err ?? hidden) return callback(err ?? new PrivateAddress(hostname), [])
    const [first] = addresses
    if (options.all) return callback(null, addresses)
    return callback(null, first?.address ?? '', first?.family)
  })
}
