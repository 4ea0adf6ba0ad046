import { Option, type Command } from 'commander';
import Table from 'cli-table3';
import type { Mode } from '../../billing/catalogue.js';
import type { ApiKey, KeyScope, KeyStore } from '../../ledger/stores/contract.js';
import { openLedger } from '../../ledger/open.js';
import { CommandFailed } from '../commandFailed.js';
import { runningStack } from '../runningStack.js';
import { readSettings } from '../settings.js';

/** `durabill keys`: API keys, straight in the ledger; no running API is needed. */

interface Choice {
  readonly mode: Mode;
  readonly scope: KeyScope;
  readonly json?: boolean;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** The ledger of MONGODB_URI, else of the running embedded stack. */
async function withKeys(run: (keys: KeyStore) => Promise<void>): Promise<void> {
  const { mongodbUri, dataFolder } = readSettings();
  const uri = mongodbUri ?? (await runningStack(dataFolder))?.mongodb;
  if (uri === undefined) {
    const ways = 'Set MONGODB_URI, or start one: npx durabill start';
    throw new CommandFailed(`No ledger: no stack runs on ${dataFolder}. ${ways}`, 2);
  }
  const ledger = await openLedger({ uri }).catch((error: unknown) => {
    throw new CommandFailed(`The ledger can't be used: ${String(error)}`, 2);
  });
  try {
    await run(ledger.keys);
  } finally {
    await ledger.close();
  }
}

function timeText(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}

function shown({ id, mode, scope, prefix, createdAtMs, revokedAtMs }: ApiKey) {
  const createdAt = timeText(createdAtMs);
  return { id, mode, scope, prefix, createdAt, revokedAt: timeText(revokedAtMs) };
}

async function create({ mode, scope, json }: Choice): Promise<void> {
  await withKeys(async (keys) => {
    const { key, secret } = await keys.create(mode, scope);
    if (json) print(JSON.stringify({ ...shown(key), key: secret }));
    else print(`${secret}\n\nThis is the only time it is shown. Its id: ${key.id}`);
  });
}

async function list({ json }: { readonly json?: boolean }): Promise<void> {
  await withKeys(async (keys) => {
    const rows = (await keys.list()).map(shown);
    if (json) {
      print(JSON.stringify(rows));
      return;
    }
    const head = ['id', 'key', 'mode', 'scope', 'created', 'revoked'];
    const table = new Table({ head, style: { head: [], border: [] } });
    for (const { id, prefix, mode, scope, createdAt, revokedAt } of rows) {
      table.push([id, `${prefix}…`, mode, scope, createdAt ?? '', revokedAt ?? '']);
    }
    print(table.toString());
  });
}

async function revoke(id: string, { json }: { readonly json?: boolean }): Promise<void> {
  await withKeys(async (keys) => {
    const revoked = await keys.revoke(id);
    if (json) print(JSON.stringify({ id, revoked }));
    if (!revoked) throw new CommandFailed(`No key that could be revoked has the id ${id}.`);
    if (!json) print(`${id} is revoked; running API processes refuse it within 5 seconds.`);
  });
}

/** Adds `keys create|list|revoke`. */
export function register(program: Command): void {
  const keys = program.command('keys').description('make, list and revoke API keys');
  keys
    .command('create')
    .description('make a key; it is printed once')
    .addOption(new Option('--mode <mode>', 'data it works on').choices(['test', 'live']))
    .addOption(
      new Option('--scope <scope>', 'what it may do')
        .choices(['secret', 'ingest', 'publishable'])
        .default('secret'),
    )
    .option('--json', 'print it as JSON')
    .action(({ mode, scope, json }: Partial<Choice>) => {
      if (!mode) throw new CommandFailed('Say which data it is for: --mode test or --mode live', 2);
      return create({ mode, scope: scope ?? 'secret', json });
    });
  keys
    .command('list')
    .description('all keys, without their secrets')
    .option('--json', 'print them as JSON')
    .action(list);
  keys
    .command('revoke')
    .description('end a key; exit 1 when there is none to end')
    .argument('<id>', 'id of the key, as `keys list` shows it')
    .option('--json', 'print the outcome as JSON')
    .action(revoke);
}
