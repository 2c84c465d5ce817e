const MINUTE_MS = 60_000

/** What is counted, up to how many in a window. */
export type Limit = {
  key: string
  max: number
  windowMs: number
  /** One party's alone: a right password clears it. From what others count in too, only this attempt is taken back. */
  isOwn: boolean
}

export type Attempt = {
  email: string
  /** Address or /64 it comes from; undefined when nobody knows. */
  network?: string
  /** It showed the device token of an earlier sign-in to this same account. */
  device?: string
  /** This account was signed in to from this network before. */
  isKnownNetwork: boolean
}

const own = (key: string): Limit => ({ key, max: 5, windowMs: 5 * MINUTE_MS, isOwn: true })
const ofNetwork = (action: string, network: string | undefined): Limit[] =>
  network === undefined
    ? []
    : [{ key: `${action}/network/${network}`, max: 20, windowMs: 5 * MINUTE_MS, isOwn: false }]
/** Guesses at one account from anywhere unknown: 1,920 a day at most, however many addresses they come from. */
const ofStrangers = (email: string): Limit => ({
  key: `login/strangers/${email}`,
  max: 20,
  windowMs: 15 * MINUTE_MS,
  isOwn: false,
})

/**
 * What a sign-in counts in. A lock-out must not be a weapon: whoever signed in from a device before counts alone,
 * whatever others try; from a network before, apart from strangers. The network comes first: one that is shut out must
 * not use up others' limits as well. Counts go by the address typed in, whether or not it has an account.
 */
export function loginLimits({ email, network, device, isKnownNetwork }: Attempt): Limit[] {
  if (device !== undefined) return [own(`login/device/${email}/${device}`)]
  return [
    ...ofNetwork('login', network),
    own(`login/network/${email}/${network ?? 'unknown'}`),
    ...(isKnownNetwork ? [] : [ofStrangers(email)]),
  ]
}

/** All are counted, as the answer tells whether an address is taken. */
export const registrationLimits = (network?: string): Limit[] => ofNetwork('register', network)

/** A stolen session must not be a way to guess the password; nor to shut its user out of signing in. */
export const passwordChangeLimits = (user: string): Limit[] => [own(`password/${user}`)]
