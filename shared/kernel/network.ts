import { isIPv6 } from 'node:net'

/**
 * What one party can be expected to have: an IPv4 address, or the /64 network of an IPv6 one, as the rest of it is
 * theirs to choose. Anything else stays as it is.
 */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped) return mapped
  if (!isIPv6(address)) return address
  const [head = '', tail] = address.toLowerCase().split('%')[0]!.split('::')
  const left = groups(head)
  const right = groups(tail ?? '')
  const zeros = tail === undefined ? [] : Array(8 - left.length - right.length).fill('0')
  return [...left, ...zeros, ...right].slice(0, 4).map((group) => group.replace(/^0+(?=.)/, '')).join(':') +
    '::/64'
}

/** An IPv4 tail stands for two groups; which ones doesn't matter, as only the first four of eight are kept. */
const groups = (part: string): string[] =>
  part === '' ? [] : part.split(':').flatMap((group) => group.includes('.') ? ['0', '0'] : [group])
