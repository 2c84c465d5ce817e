const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/**
 * `ORD-20260131-7K2M9QXD` (UTC). Four digits would end at 9,999 orders a day, and long before that would cost retries;
 * a counter would make all buyers of a shop wait for one row and tell competitors how much it sells. Eight Crockford
 * digits are 40 bits: 100,000 orders in a day collide once in 200 days, which the unique index catches.
 * `random` holds at least 8 bytes.
 */
export function orderNumber(at: Date, random: Uint8Array): string {
  const day = at.toISOString().slice(0, 10).replaceAll('-', '')
  return `ORD-${day}-${Array.from(random.subarray(0, 8), (byte) => CROCKFORD[byte & 31]).join('')}`
}
