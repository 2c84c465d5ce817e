import { startServers } from '../tools/stack/index.ts'
import mysql from 'mysql2/promise'
import { newId } from '../shared/kernel/id.ts'
import { ensureStreams } from '../shared/events/broker.ts'
import { newOrder, startOrders } from './checkout-parts.ts'
import { mkdtempSync, rmSync } from 'node:fs'
const dir = mkdtempSync('/tmp/ot-')
const servers = await startServers({ dir })
const shop = await startOrders({ ...servers, platformSecret: servers.secrets.PLATFORM_SECRET })
await new Promise((r) => shop.host.broker.onUp(() => r(0)))
await ensureStreams(shop.host.broker.manager!, [shop.tenant.shard])
const n = shop.neighbours
const v = newId('var'); n.stock.set(v, 1e9); n.lines = [{ variant: v, quantity: 1 }, { variant: v, quantity: 2 }]
n.faults.read = async (effect) => { n.basketId = newId('bask'); return effect() }
const one = async () => { const r = await shop.post('/v1/orders', newOrder); if (r.status !== 201) throw new Error(JSON.stringify(r.body)) }
for (let i = 0; i < 100; i++) await one()
const c = await Promise.all(Array.from({length: 16}, () => mysql.createConnection({ uri: servers.databaseUrl })))
await c[0].query('create database bare'); await c[0].query('create table bare.t (id bigint auto_increment primary key, a varchar(200), k int, index(k))'); await c[0].query('insert into bare.t (k,a) values (1,"x")')
for (const conc of [16, 16]) {
  const N = 600
  let t = performance.now(); let cpu = process.cpuUsage()
  await Promise.all(Array.from({ length: conc }, async () => { for (let i = 0; i < N / conc; i++) await one() }))
  let ms = performance.now() - t; let u = process.cpuUsage(cpu)
  console.log('checkout conc', conc, (N / ms * 1000).toFixed(0) + '/s', 'cpu ms', ((u.user + u.system) / 1000 / N).toFixed(2))
  const M = 1200
  t = performance.now(); cpu = process.cpuUsage()
  await Promise.all(c.slice(0, conc).map(async (x) => { for (let i = 0; i < M / conc; i++) {
    await x.query('begin'); await x.execute('select * from bare.t where id = ?', [1]);
    for (const _ of [1,2,3]) await x.execute('insert into bare.t (a,k) values (?,?)', ['x'.repeat(100), i])
    const [r] = await x.execute('insert into bare.t (a,k) values (?,?)', ['x'.repeat(100), i]) as any
    await x.execute('update bare.t set k = ? where id = ?', [i, r.insertId]); await x.query('commit') } }))
  ms = performance.now() - t; u = process.cpuUsage(cpu)
  console.log('bare conc', conc, (M / ms * 1000).toFixed(0) + '/s', 'cpu ms', ((u.user + u.system) / 1000 / M).toFixed(2))
}
await shop.stop(); for (const x of c) await x.end(); await servers.stop(); rmSync(dir, { recursive: true, force: true }); process.exit(0)
