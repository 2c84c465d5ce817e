import getPort from 'get-port'

/**
 * Below the range from which Linux (32768 up) and macOS (49152 up) take the ports of outgoing
 * connections. A server that is killed and started again in that range can find its port taken by a
 * client, even by one that reconnects to it (TCP lets a socket connect to itself).
 */
const FIRST_PORT = 20_000
const LAST_PORT = 32_000
const TRIES = 200

/**
 * The first of `wanted` that nothing holds now, else any TCP port. This process doesn't get the same one again within
 * 15 s; another may: whoever binds first has it.
 */
export const freePort = (...wanted: number[]): Promise<number> => getPort({ port: candidates(wanted) })

/** At random, so that two platforms that start together rarely try the same. */
function* candidates(wanted: number[]): Iterable<number> {
  yield* wanted
  for (let i = 0; i < TRIES; i++) yield FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT))
}
