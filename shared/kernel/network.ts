import {
  convertIPv4BinaryToString,
  convertIPv4MappedIPv6ToIPv4,
  convertIPv6BinaryToString,
  convertIPv6ToBinary,
  isIPv4MappedIPv6,
} from 'hono/utils/ipaddr'

/**
 * What one party can be expected to have: an IPv4 address, or the /64 network of an IPv6 one, as the rest of it is
 * theirs to choose. Anything else stays as it is.
 */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address
  try {
    const bits = convertIPv6ToBinary(address)
    if (isIPv4MappedIPv6(bits)) return convertIPv4BinaryToString(convertIPv4MappedIPv6ToIPv4(bits))
    return `${convertIPv6BinaryToString(bits >> 64n << 64n)}/64`
  } catch {
    return address
  }
}
