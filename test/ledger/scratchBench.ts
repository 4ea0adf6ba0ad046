import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from '../../ledger/connection.js';
import { createLogIndexes, type GroupDocument } from '../../ledger/log/documents.js';
import { MongoLogStore } from '../../ledger/log/mongoStore.js';
import { GroupCommitWriter } from '../../ledger/log/writer.js';
import type { LogPort } from '../../ledger/log/port.js';

const bin = process.env.HOME + '/.cache/durabill/secantus/0.5.3-beta.196/linux-x64/bin/secantusd-rs';
const dir = mkdtempSync('/tmp/ledgerbench/store-');
const child = spawn(bin, ['--port', '37917', '--storage-path', dir, '--sync-on-commit', '--cache-size', '256M', '--log-level', 'WARNING'], { stdio: 'inherit', cwd: dir });
const customers = Number(process.argv[2] ?? 1);
const batch = Number(process.argv[3] ?? 100);
const parallel = Number(process.argv[4] ?? 10);
const seconds = Number(process.argv[5] ?? 5);
const dup = Number(process.argv[6] ?? 0);
async function main() {
  let opened;
  for (let i = 0; ; i++) {
    try { opened = await connect('mongodb://127.0.0.1:37917/bench?directConnection=true'); break; } catch (e) { if (i > 20) throw e; await new Promise(r => setTimeout(r, 200)); }
  }
  const log = opened.database.collection<GroupDocument>('log');
  await createLogIndexes(log);
  const store = new MongoLogStore(log);
  let flights = 0, groups = 0, busyMs = 0;
  const port: LogPort = {
    insert: async (g) => { flights++; groups += g.length; const t = performance.now(); const o = await store.insert(g); busyMs += performance.now() - t; return o; },
    head: (k) => store.head(k), at: (k, n) => store.at(k, n),
    fences: (k, a, u) => store.fences(k, a, u), standing: (k, i) => store.standing(k, i),
    wallMs: Date.now, elapsedMs: () => performance.now(), random: Math.random,
    groupId: () => randomBytes(12).toString('base64url'),
    pause: (ms) => new Promise(r => ms === 0 ? setImmediate(r) : setTimeout(r, ms)),
    summing: async () => ({ revision: 1, rows: () => [] }),
  };
  const writer = new GroupCommitWriter(port);
  let serial = 0, done = 0, dups = 0; const lat: number[] = [];
  const end = performance.now() + seconds * 1000;
  const t0 = performance.now(); const cpu0 = process.cpuUsage();
  await Promise.all(Array.from({ length: parallel }, async () => {
    while (performance.now() < end) {
      const c = 'c' + Math.floor(Math.random() * customers);
      const entries = Array.from({ length: batch }, () => { 
        const id = dup && Math.random() < dup && serial > 1000 ? Math.floor(Math.random() * serial) : serial++;
        return { kind: 'usage' as const, id: 'event-' + id, user: 'u' + (id % 50), quantities: { input_tokens: 100 + id % 7, output_tokens: 20 }, atMs: 1700000000000 + id, properties: { model: 'large', action: 'chat' }, hash: 'h' + id + 'abcdefghijklmnopqrstuvwxyz0123456789' }; });
      const t = performance.now();
      const o = await writer.append({ mode: 'test', customer: customers === 1 || !dup ? c : 'c0', life: 1 }, entries);
      lat.push(performance.now() - t);
      done += o.length; dups += o.filter(x => x.status === 'duplicate').length;
    }
  }));
  const s = (performance.now() - t0) / 1000; const cpu = process.cpuUsage(cpu0);
  lat.sort((a, b) => a - b);
  console.log(JSON.stringify({ customers, batch, parallel, eventsPerSecond: Math.round(done / s), flights, groups, perGroup: Math.round(done / groups), insertBusy: (busyMs / s / 1000).toFixed(2), dups, p50: lat[lat.length >> 1]!.toFixed(1), p99: lat[Math.floor(lat.length * .99)]!.toFixed(1), cpu: ((cpu.user + cpu.system) / 1e6 / s).toFixed(2) }));
  await writer.close(1000); await opened.connection.close();
}
main().finally(() => { child.kill('SIGTERM'); setTimeout(() => rmSync(dir, { recursive: true, force: true }), 500); });
