import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Check, LedgerEngine, ServerProgram, Way } from './contract.js';
import { findOnPath, runs, versionOf, whyNot } from './findProgram.js';
import { mongodDownload } from './mongodDownload.js';
import { mongoAnswers } from './mongoAnswers.js';
import { cachedCrate, secantusCrate } from './secantusCrate.js';
import { cachedWheel, secantusWheel } from './secantusWheel.js';
import type { ServerSettings } from './settings.js';

const CONFIGURED_LIMIT_MS = 3_000;

/** What may be wanted of a ledger besides being one. */
export interface LedgerWish {
  /** Only this engine: a data folder was written by it. */
  readonly engine?: LedgerEngine | undefined;
  /** The compiled SecantusDB, built by cargo where the cache has none. */
  readonly compiled?: boolean | undefined;
}

/** The ways to a ledger database, in the order in which they are tried. */
export function ledgerWays(settings: ServerSettings, wish: LedgerWish = {}): readonly Way[] {
  const address: Way = { name: 'MONGODB_URI', check: () => configured(settings) };
  const { cacheFolder } = settings;
  const crate: Way = {
    name: 'cache: secantusd-rs',
    check: async () => cachedBuild('secantusd-rs', await cachedCrate(cacheFolder), cacheFolder),
  };
  if (wish.compiled) return [crate, secantusCrate(settings)];
  const mongod: readonly Way[] = [
    { name: 'PATH: mongod', check: () => onPath('mongod', settings) },
    { name: 'cache: mongod', check: () => cachedMongod(settings) },
  ];
  const secantus: readonly Way[] = [
    { name: 'PATH: secantusd-rs', check: () => onPath('secantusd-rs', settings) },
    crate,
    {
      name: 'cache: secantusd-py',
      check: async () => cachedBuild('secantusd-py', await cachedWheel(cacheFolder), cacheFolder),
    },
  ];
  const download = mongodDownload(settings);
  const wheel = secantusWheel(settings);
  if (wish.engine === 'mongod') return [address, ...mongod, download];
  if (wish.engine === 'secantus') return [address, ...secantus, wheel];
  const [mongodOnPath, mongodCached] = mongod as [Way, Way];
  const [secantusOnPath, ...secantusCached] = secantus as [Way, ...Way[]];
  const ours = [mongodOnPath, secantusOnPath, mongodCached, ...secantusCached];
  return [address, ...ours, download, wheel];
}

async function configured(settings: ServerSettings): Promise<Check> {
  const { mongodbUri: address } = settings;
  if (address === undefined) return { ok: false, reason: 'not set' };
  // A connection string may hold a password: it is not printed.
  const host = address.replace(/\/\/[^@/]*@/, '//');
  try {
    await mongoAnswers(address, CONFIGURED_LIMIT_MS);
  } catch (error) {
    const why = (error as Error).message;
    return { ok: false, fatal: true, reason: `no database answers at ${host}: ${why}` };
  }
  const how = `MONGODB_URI: ${host}`;
  return { ok: true, detail: how, obtain: async () => ({ kind: 'configured', how, address }) };
}

async function onPath(name: 'mongod' | 'secantusd-rs', settings: ServerSettings): Promise<Check> {
  const command = await findOnPath(name, settings.path);
  if (command === null) return { ok: false, reason: `no \`${name}\`` };
  try {
    await versionOf(command);
    return program(name, command, 'PATH');
  } catch (error) {
    return { ok: false, reason: whyNot(command, error) };
  }
}

/** Programs that mongodb-memory-server downloaded; the one of the highest version that runs. */
async function cachedMongod(settings: ServerSettings): Promise<Check> {
  const folder = settings.mongodFolder;
  const names = await readdir(folder).catch(() => []);
  const candidates = names
    .filter((name) => name.startsWith('mongod') && !name.endsWith('.md5'))
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  for (const name of candidates) {
    const command = join(folder, name);
    if (await runs(command)) return program('mongod', command, 'cache');
  }
  return { ok: false, reason: `no working program in ${folder}` };
}

function cachedBuild(
  kind: 'secantusd-rs' | 'secantusd-py',
  command: string | null,
  cache: string,
): Check {
  if (command !== null) return program(kind, command, 'cache');
  return { ok: false, reason: `no working program in ${join(cache, 'secantus')}` };
}

function program(kind: ServerProgram['kind'], command: string, from: string): Check {
  const found: ServerProgram = { kind, how: `${from}: ${command}`, command };
  return { ok: true, detail: found.how, obtain: async () => found };
}
