import { join } from 'node:path';
import type { LogGroup } from '../../billing/log.js';
import { Account } from '../../dev/stripe/account.js';
import { Journal } from '../../dev/stripe/state/journal.js';
import type { Kinds } from '../../dev/stripe/state/records.js';
import type { Ledger } from '../../ledger/contract.js';
import type { Intent } from '../../ledger/stores/contract.js';
import { CATALOGUE } from '../lives/catalogue.js';
import type { Remains } from '../lives/oracle/facts.js';

/** What lives on a stack have left behind: in its ledger, and on the sandbox's disk. */

const GROUPS_PER_READ = 500;

const METERS = Object.keys(CATALOGUE.meters);

/** The same but for what stands at Stripe: it is read once the stack has stopped. */
export type LedgerRemains = Omit<Remains, 'account'> & { readonly stripeCustomer: string | null };

/** Reads one customer's part of the ledger. */
export async function ledgerRemains(ledger: Ledger, customer: string): Promise<LedgerRemains> {
  const key = { mode: 'test', customer, life: 1 } as const;
  const row = await ledger.customers.find('test', customer);
  const published = await ledger.catalogues.newest('test');
  if (!row || !published) throw new Error(`${customer} left nothing`);
  const groups: LogGroup[] = [];
  for (;;) {
    const page = await ledger.log.groups(key, groups.length + 1, GROUPS_PER_READ);
    groups.push(...page);
    if (page.length < GROUPS_PER_READ) break;
  }
  const { invoices } = await ledger.invoices.list({ mode: 'test', customer, limit: 1_000 });
  const intents: Intent[] = [];
  for (let segment = 0; segment < 100; segment += 1) {
    for (const meter of METERS) {
      intents.push(...(await ledger.intents.ofSegment(key, segment, meter)));
    }
  }
  const untilMs = Date.now() + row.offsetMs;
  return { groups, invoices, intents, untilMs, published, stripeCustomer: row.stripeCustomer };
}

/** What the sandbox of a stopped stack holds of one of its customers. */
export function accountOf(folder: string, stripeCustomer: string | null): Account {
  const all = new Account(Date.now);
  const journal = new Journal(join(folder, 'stripe'), all.store);
  journal.close();
  const own = new Account(Date.now);
  const positions = all.store.get('switches', 'switches')?.positions ?? {};
  Object.assign(own.switches, positions);
  const kinds = ['invoice', 'invoiceItem', 'subscription', 'meterEvent', 'creditNote'] as const;
  for (const kind of kinds) {
    for (const record of all.store.all(kind)) {
      if (record.customer === stripeCustomer) own.store.restore([kind, record.id, record]);
    }
  }
  const customer: Kinds['customer'] | undefined = all.store.get('customer', stripeCustomer ?? '');
  if (customer) own.store.restore(['customer', customer.id, customer]);
  return own;
}
