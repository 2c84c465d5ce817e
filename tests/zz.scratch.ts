import { test } from 'vitest'
import { Session } from 'node:inspector/promises'
import mysql from 'mysql2/promise'
import { inject } from 'vitest'
import { newId } from '../shared/kernel/id.ts'
import { newOrder, startOrders } from './checkout-parts.ts'
test('figures', async () => {
  const shop = await startOrders()
  const n = shop.neighbours
  const v = newId('var'); n.stock.set(v, 1e9); n.lines = [{ variant: v, quantity: 1 }, { variant: v, quantity: 2 }]
  n.faults.read = async (effect) => { n.basketId = newId('bask'); return effect() }
  const questions = async () => Number((await shop.rows("show global status like 'Queries'"))[0].Value)
  const one = async (key?: string) => { const r = await shop.post('/v1/orders', newOrder, key); if (r.status !== 201) throw new Error(JSON.stringify(r.body)) }
  for (let i = 0; i < 50; i++) await one()
  await new Promise(r => setTimeout(r, 500))
  const admin = await mysql.createConnection({ uri: inject('platform').databaseUrl })
  for (const key of [undefined, 'k1']) {
    await admin.query("set global general_log=1, log_output='TABLE'"); await admin.query('truncate mysql.general_log')
    await one(key)
    await new Promise(r => setTimeout(r, 400))
    await admin.query('set global general_log=0')
    const [rows] = await admin.query("select command_type, convert(argument using utf8) a from mysql.general_log") as any
    console.log(key, rows.filter((r: any) => ['Query','Execute'].includes(r.command_type)).map((r: any) => r.command_type + ' ' + r.a.slice(0, 70).replace(/\s+/g,' ')).join('\n'))
  }
  const session = new Session(); session.connect(); await session.post('Profiler.enable'); await session.post('Profiler.start')
  for (const [conc, cnt] of [[1, 100], [4, 200], [16, 400]] as const) {
    const cpu = process.cpuUsage(); const t = performance.now()
    await Promise.all(Array.from({ length: conc }, async () => { for (let i = 0; i < cnt / conc; i++) await one() }))
    const ms = performance.now() - t, used = process.cpuUsage(cpu)
    console.log('conc', conc, 'per s', Math.round(cnt / (ms / 1000)), 'cpu ms each', (used.user + used.system) / 1000 / cnt)
  }
  const { profile } = await session.post('Profiler.stop') as any
  const self = new Map<string, number>(); const total = profile.endTime - profile.startTime
  const byId = new Map(profile.nodes.map((x: any) => [x.id, x]))
  profile.samples.forEach((id: number, i: number) => { const f = (byId.get(id) as any).callFrame; const k = f.functionName + ' ' + f.url.split('/').slice(-3).join('/') + ':' + f.lineNumber; self.set(k, (self.get(k) ?? 0) + profile.timeDeltas[i]) })
  console.log([...self].sort((a, b) => b[1] - a[1]).slice(0, 30).map(([k, v]) => (100 * v / total).toFixed(1) + '% ' + k).join('\n'))
  const t = performance.now(); const N = 400
  await Promise.all(Array.from({ length: 16 }, async () => { for (let i = 0; i < N / 16; i++) { await one() } })).catch(e => console.log(e))
  console.log('checkouts/s', N / ((performance.now() - t) / 1000))
  const c = await Promise.all(Array.from({length: 16}, () => mysql.createConnection({ uri: inject('platform').databaseUrl })))
  await admin.query('create database bare'); await admin.query('create table bare.t (id bigint auto_increment primary key, a varchar(200), k int, index(k))'); await admin.query('insert into bare.t (k,a) values (1,"x")')
  const t2 = performance.now(); const M = 800
  await Promise.all(c.map(async (x) => { for (let i = 0; i < M / 16; i++) {
    await x.query('begin'); await x.execute('select * from bare.t where id = ?', [1]);
    await x.execute('insert into bare.t (a,k) values (?,?)', ['x'.repeat(100), i]); await x.execute('insert into bare.t (a,k) values (?,?)', ['x'.repeat(100), i]); await x.execute('insert into bare.t (a,k) values (?,?)', ['x'.repeat(100), i])
    const [r] = await x.execute('insert into bare.t (a,k) values (?,?)', ['x'.repeat(100), i]) as any
    await x.execute('update bare.t set k = ? where id = ?', [i, r.insertId]); await x.query('commit') } }))
  console.log('bare/s', M / ((performance.now() - t2) / 1000))
  await admin.end(); for (const x of c) await x.end()
  await shop.stop()
})
