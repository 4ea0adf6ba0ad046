import { join } from 'node:path';
import { lazyConnection } from '../../api/engine/connection.js';
import { TemporalEngine } from '../../api/engine/temporalEngine.js';
import { PACKAGE_FOLDER } from '../../cli/tsxProgram.js';
import { DurabillApi } from '../../dev/demo/durabillApi.js';
import type { Ledger } from '../../ledger/contract.js';
import { openLedger } from '../../ledger/open.js';
import { startStack, type TestStack } from '../../test/stack.js';

/** A fresh embedded stack, and its ledger and engine as the benchmark itself uses them. */
export interface Site {
  readonly stack: TestStack;
  readonly api: DurabillApi;
  readonly ledger: Ledger;
  readonly engine: TemporalEngine;
  readonly say: (line: string) => void;
  stop(): Promise<void>;
}

/** Starts everything with the plans of this benchmark. */
export async function startSite(say: (line: string) => void): Promise<Site> {
  const catalogue = join(PACKAGE_FOLDER, 'bench/money/catalogue.json');
  const environment = { DURABILL_CATALOGUE: catalogue, DURABILL_DEFAULT_PLAN: '' };
  const stack = await startStack({ environment });
  const target = { address: stack.temporal, namespace: 'default', apiKey: null };
  const engine = new TemporalEngine(lazyConnection(target), 'default');
  try {
    const ledger = await openLedger({ uri: stack.mongodb });
    const api = new DurabillApi({ url: stack.api, key: stack.key, patienceMs: 180_000 });
    const stop = async (): Promise<void> => {
      await ledger.close();
      await engine.close();
      await stack.stop();
    };
    return { stack, api, ledger, engine, say, stop };
  } catch (error) {
    await engine.close();
    await stack.stop();
    throw error;
  }
}

/** One page of a customer's invoices, newest first. */
export async function invoicesOf({ ledger }: Site, customer: string) {
  const { invoices } = await ledger.invoices.list({ mode: 'test', customer, limit: 100 });
  return invoices;
}
