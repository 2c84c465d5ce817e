import type { Connection } from 'mysql2/promise'
import { expect, test } from 'vitest'
import { Roamer, VisitTooLong } from './roamer.ts'

const login = (user: string) => ({ host: 'h', port: 1, user, password: 'p', database: user })

/** A roamer over connections that lead nowhere, and what became of them. */
function roaming(options: { connections?: number; visitLimitMs?: number } = {}) {
  const log: string[] = []
  let gate: Promise<void> | undefined
  const connect = async ({ user }: { user: string }, session?: { statementLimitMs?: number }) => {
    await gate
    log.push(`open ${user} ${session?.statementLimitMs}`)
    const stream = { destroyed: false }
    const destroy = () => (log.push('destroyed'), stream.destroyed = true)
    return {
      connection: { stream },
      destroy,
      end: () => Promise.resolve(log.push('ended')),
    } as unknown as Connection
  }
  const changeLogin = (_: Connection, { user }: { user: string }) =>
    Promise.resolve(void log.push(`become ${user}`))
  const roamer = new Roamer({ connections: 1, visitLimitMs: 20, ...options, means: { connect, changeLogin } })
  return {
    roamer,
    log,
    hold: () => new Promise<() => void>((open) => gate = new Promise((resolve) => open(resolve))),
  }
}
const forEver = () => new Promise<never>(() => {})

test('one connection looks into one database after the other, each time as its user', async () => {
  const { roamer, log } = roaming()
  const found = await Promise.all(
    ['a', 'b', 'c'].map((user) => roamer.visit(login(user), () => Promise.resolve(user))),
  )
  expect(found).toEqual(['a', 'b', 'c'])
  await roamer.close()
  expect(log).toEqual(['open a 2000', 'become b', 'become c', 'ended'])
})

test('a database that hangs is left after the time of a visit, and the next one is visited', async () => {
  const { roamer, log } = roaming()
  await expect(roamer.visit(login('hangs'), forEver)).rejects.toThrow(VisitTooLong)
  expect(await roamer.visit(login('next'), () => Promise.resolve('found'))).toBe('found')
  expect(log).toEqual(['open hangs 2000', 'destroyed', 'open next 2000'])
})

test('one that hangs takes one connection from the others, not all', async () => {
  const { roamer } = roaming({ connections: 2, visitLimitMs: 60_000 })
  void roamer.visit(login('hangs'), forEver)
  for (const user of ['a', 'b']) {
    expect(await roamer.visit(login(user), () => Promise.resolve(user))).toBe(user)
  }
})

test('a connection that opens too late is closed, not kept', async () => {
  const { roamer, log, hold } = roaming()
  const open = await hold()
  await expect(roamer.visit(login('slow'), forEver)).rejects.toThrow(VisitTooLong)
  open()
  await roamer.visit(login('next'), () => Promise.resolve())
  expect(log).toEqual(['open slow 2000', 'destroyed', 'open next 2000'])
})

test('after a look that failed the connection is not trusted', async () => {
  const { roamer, log } = roaming()
  await expect(roamer.visit(login('a'), () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  await roamer.visit(login('b'), () => Promise.resolve())
  expect(log).toEqual(['open a 2000', 'destroyed', 'open b 2000'])
})
