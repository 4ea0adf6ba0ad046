import { execFile, type ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Stripe from 'stripe';
import { stripeClient } from '../../../activities/stripe/client.js';
import type { Catalogue, Mode } from '../../../billing/catalogue.js';
import { register } from '../../../cli/commands/plans.js';
import { PACKAGE_FOLDER } from '../../../cli/tsxProgram.js';
import { startSandbox, type Sandbox } from '../../../dev/stripe/sandbox.js';
import type { Ledger } from '../../../ledger/contract.js';
import { openLedger } from '../../../ledger/open.js';
import { startKeyGate, type KeyGate } from '../../activities/stripe/keyGate.js';
import { startServers } from '../../stack.js';
import { runCommand } from './runCommand.js';

/** A ledger, and two Stripe accounts behind one address: one for each mode. */

/** The key of each mode; one account takes no other. */
export const KEYS: Readonly<Record<Mode, string>> = { test: 'sk_test_one', live: 'sk_live_two' };

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

/** What the tests of one file share. */
export interface PublishingWorld {
  readonly folder: string;
  readonly mongodbUri: string;
  readonly ledger: Ledger;
  readonly gate: KeyGate;
  readonly sandboxes: Readonly<Record<Mode, Sandbox>>;
  readonly stripe: Readonly<Record<Mode, Stripe>>;
  /** `durabill plans …` on a catalogue, in this process; more environment wins. */
  plans(
    action: readonly string[],
    catalogue: Catalogue,
    more?: Readonly<Record<string, string>>,
  ): Promise<Ended>;
  /** The same in a process of its own, to be killed. */
  begin(
    action: readonly string[],
    catalogue: Catalogue,
    more?: Readonly<Record<string, string>>,
  ): Promise<{ readonly child: ChildProcess; readonly ended: Promise<Ended> }>;
  /** Names of everything at an account, sorted; an object that is there twice is named twice. */
  standing(mode: Mode): Promise<string[]>;
  stop(): Promise<void>;
}

let files = 0;

/** Starts all of it. */
export async function startPublishingWorld(): Promise<PublishingWorld> {
  const servers = await startServers({ temporal: false });
  const { mongodbUri, folder } = servers;
  const ledger = await openLedger({ uri: mongodbUri });
  const sandboxes = {
    test: await startSandbox({ secretKey: KEYS.test }),
    live: await startSandbox({ secretKey: KEYS.live }),
  };
  const gate = await startKeyGate({
    [KEYS.test]: sandboxes.test.url,
    [KEYS.live]: sandboxes.live.url,
  });
  const clientOf = (mode: Mode) =>
    stripeClient({ secretKey: KEYS[mode], apiBase: sandboxes[mode].url });
  const stripe = { test: clientOf('test'), live: clientOf('live') };
  const typed = async (action: readonly string[], catalogue: Catalogue) => {
    const file = join(folder, `catalogue-${(files += 1)}.json`);
    await writeFile(file, JSON.stringify(catalogue));
    const [name = '', ...flags] = action;
    return ['plans', name, file, ...flags];
  };
  const environment = {
    MONGODB_URI: mongodbUri,
    DURABILL_DATA: join(folder, 'none'),
    STRIPE_API_BASE: gate.url,
    STRIPE_SECRET_KEY: KEYS.test,
  };
  return {
    folder,
    mongodbUri,
    ledger,
    gate,
    sandboxes,
    stripe,
    plans: async (action, catalogue, more) =>
      runHere(await typed(action, catalogue), { ...environment, ...more }),
    begin: async (action, catalogue, more) =>
      begin(await typed(action, catalogue), { ...environment, ...more }),
    standing: (mode) => standing(stripe[mode]),
    stop: async () => {
      await gate.stop();
      await sandboxes.test.stop();
      await sandboxes.live.stop();
      await ledger.close();
      await servers.stop();
    },
  };
}

async function runHere(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ended> {
  let told = '';
  const spies = [
    jest.replaceProperty(process, 'env', { ...env }),
    // Nothing is animated; the property is there on a terminal alone.
    ...(process.stderr.isTTY ? [jest.replaceProperty(process.stderr, 'isTTY', false)] : []),
    jest.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
      told += String(chunk);
      return true;
    }),
  ];
  try {
    const { exitCode, stdout, stderr } = await runCommand(register, args);
    return { code: exitCode, out: stdout, errors: told + stderr };
  } finally {
    for (const spy of spies.toReversed()) {
      if ('restore' in spy) spy.restore();
      else spy.mockRestore();
    }
  }
}

function begin(args: readonly string[], env: Readonly<Record<string, string>>) {
  const program = join(PACKAGE_FOLDER, 'cli/durabill.mjs');
  let end: (ended: Ended) => void = () => undefined;
  const ended = new Promise<Ended>((resolve) => {
    end = resolve;
  });
  const child = execFile(process.execPath, [program, ...args], { env }, (error, out, errors) =>
    end({ code: error === null ? 0 : Number(error.code ?? -1), out, errors }),
  );
  return { child, ended };
}

async function standing({ prices, products, billing }: Stripe): Promise<string[]> {
  const all = { limit: 100 };
  const names = [
    ...(await prices.list(all)).data.map((price) => price.lookup_key ?? price.id),
    ...(await products.list(all)).data.map(({ name }) => `product ${name}`),
    ...(await billing.meters.list(all)).data.map((meter) => `meter ${meter.event_name}`),
  ];
  return names.toSorted();
}
