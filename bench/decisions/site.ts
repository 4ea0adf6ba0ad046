import { join } from 'node:path';
import { DurabillApi } from '../../dev/demo/durabillApi.js';
import { PACKAGE_FOLDER } from '../../cli/tsxProgram.js';
import { startStack, type TestStack } from '../../test/stack.js';

/** A fresh embedded stack with the plans of this benchmark. */
export interface Site {
  readonly stack: TestStack;
  readonly api: DurabillApi;
}

/** Units of the plan with the wide cap. */
const WIDE = 1_000_000_000_000;

/** Longest wait until everything acknowledged is counted. */
const COUNTED_MS_MAX = 30_000;

/** Starts the stack; `leases` as DURABILL_LEASES. */
export async function startSite(leases: 'off' | 'auto' | 'always'): Promise<Site> {
  const catalogue = join(PACKAGE_FOLDER, 'bench/decisions/catalogue.json');
  const environment = { DURABILL_CATALOGUE: catalogue, DURABILL_LEASES: leases };
  const stack = await startStack({ environment });
  const api = new DurabillApi({ url: stack.api, key: stack.key, patienceMs: 60_000 });
  return { stack, api };
}

/** Makes a customer with a cap of 1,000, or one so wide that it is never met. */
export async function makeCustomer({ api }: Site, name: string, cap: number): Promise<void> {
  const plan = cap >= WIDE ? 'wide' : 'cap';
  await api.call({ method: 'PUT', path: `/v1/customers/${name}`, body: { plan } });
}

/** Units that stand as used, once nothing is held any more or time is up. */
export async function countedUnits({ api }: Site, name: string): Promise<number> {
  const overMs = Date.now() + COUNTED_MS_MAX;
  for (;;) {
    const customer = await api.call<{
      readonly limits: readonly { readonly used: number; readonly held: number }[];
    }>({ method: 'GET', path: `/v1/customers/${name}` });
    const [limit] = customer.limits;
    if (!limit) throw new Error(`${name} has no limit`);
    if (limit.held === 0 || Date.now() > overMs) return limit.used;
  }
}
