import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from '../../ledger/connection.js';
import { createLogIndexes, type GroupDocument } from '../../ledger/log/documents.js';
import { MongoLogStore } from '../../ledger/log/mongoStore.js';
const bin = process.env.HOME + '/.cache/durabill/secantus/0.5.3-beta.196/linux-x64/bin/secantusd-rs';
const dir = mkdtempSync('/tmp/ledgerbench/store-');
const child = spawn(bin, ['--port', '37918', '--storage-path', dir, '--sync-on-commit', '--cache-size', '256M', '--log-level', 'WARNING'], { stdio: 'inherit', cwd: dir });
async function main() {
  await new Promise(r => setTimeout(r, 800));
  const o = await connect('mongodb://127.0.0.1:37918/bench?directConnection=true');
  const log = o.database.collection<GroupDocument>('log');
  await createLogIndexes(log);
  const store = new MongoLogStore(log);
  const key = { mode: 'test' as const, customer: 'c0', life: 1 };
  let serial = 0;
  for (let n = 1; n <= 400; n++) {
    await store.insert([{ ...key, number: n, group: 'g' + n, fence: 0, catalogue: 1, recordedAtMs: 1, sums: [], entries: Array.from({ length: 500 }, () => { const id = serial++; return { kind: 'usage' as const, id: 'event-' + id, user: 'u' + (id % 50), quantities: { input_tokens: 100 + id % 7, output_tokens: 20 }, atMs: 1700000000000 + id, properties: { model: 'large', action: 'chat' }, hash: 'h' + id + 'abcdefghijklmnopqrstuvwxyz0123456789' }; }) }]);
  }
  const time = async (what: string, f: () => Promise<unknown>) => { const t = performance.now(); for (let i = 0; i < 30; i++) await f(); console.log(what, ((performance.now() - t) / 30).toFixed(2), 'ms'); };
  const ids = () => Array.from({ length: 25 }, () => 'event-' + Math.floor(Math.random() * serial));
  await time('at', () => store.at(key, 300));
  await time('at free', () => store.at(key, 500));
  await time('head', () => store.head(key));
  await time('standing 25 ids', () => store.standing(key, ids()));
  await time('standing 25 ids in 500', () => store.standing(key, [...ids(), ...Array.from({ length: 475 }, (_, i) => 'nope-' + i)]));
  await time('standing 1 id', () => store.standing(key, ids().slice(0, 1)));
  const base = { mode: 'test', customer: 'c0', life: 1 };
  await time('in 25 project ids only', () => log.find({ ...base, 'entries.id': { $in: ids() } }).project({ _id: 0, number: 1, 'entries.id': 1, 'entries.hash': 1 }).toArray());
  await time('in 25 project number', () => log.find({ ...base, 'entries.id': { $in: ids() } }).project({ _id: 0, number: 1 }).toArray());
  await time('25 single finds project number', () => Promise.all(ids().map(i => log.find({ ...base, 'entries.id': i }).project({ _id: 0, number: 1 }).toArray())));
  await time('in 500 (25) project number', () => log.find({ ...base, 'entries.id': { $in: [...ids(), ...Array.from({ length: 475 }, (_, i) => 'nope-' + i)] } }).project({ _id: 0, number: 1 }).toArray());
  await time('25 single elemMatch', () => Promise.all(ids().map(i => log.find({ ...base, 'entries.id': i }).project({ _id: 0, number: 1, entries: { $elemMatch: { id: i } } }).toArray())));
  const i = ids(); 
  await time('agg filter', () => log.aggregate([{ $match: { ...base, 'entries.id': { $in: i } } }, { $project: { _id: 0, number: 1, entries: { $filter: { input: '$entries', as: 'e', cond: { $in: ['$$e.id', i] } } } } }]).toArray());
  await time('at', () => store.at(key, 300)); await time('head', () => store.head(key)); await time('standing 1 id', () => store.standing(key, ids().slice(0, 1))); await time('whole doc by id', () => log.findOne({ _id: 'test/c0#1/000000000300' })); await time('elemMatch in', () => log.find({ ...base, 'entries.id': { $in: i.slice(0,1) } }).project({ _id: 0, number: 1, entries: { $elemMatch: { id: { $in: i.slice(0,1) } } } }).toArray()); await time('4 docs whole', () => store.standing(key, ['event-1','event-1000','event-2000','event-3000']));
  console.log(JSON.stringify((await log.find({ ...base, 'entries.id': { $in: i } }).explain()).queryPlanner?.winningPlan).slice(0, 400));
  await o.connection.close();
}
main().finally(() => { child.kill('SIGTERM'); setTimeout(() => rmSync(dir, { recursive: true, force: true }), 500); });
