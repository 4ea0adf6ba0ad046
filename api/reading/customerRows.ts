import type { Mode } from '../../billing/catalogue.js';
import type { CustomerStore, StoredCustomer } from '../../ledger/contract.js';
import { Turns } from './turns.js';

/** Longest a live customer's row is used without looking again. */
const LIVE_TTL_MS = 5000;

const ROWS_MAX = 20_000;

/**
 * The customers' rows. A test customer's clock can jump, so its row is read anew for each
 * request; a live one is remembered for a short time.
 */
export class CustomerRows {
  private readonly turns: Turns<StoredCustomer | null>;
  private readonly known = new Map<string, { row: StoredCustomer; untilMs: number }>();

  constructor(
    store: CustomerStore,
    private readonly now: () => number = Date.now,
  ) {
    this.turns = new Turns(async (name) => {
      const slash = name.indexOf('/');
      const row = await store.find(name.slice(0, slash) as Mode, name.slice(slash + 1));
      if (row) this.remember(name, row);
      return row;
    });
  }

  /** The row, or null for a customer nobody knows. */
  async find(mode: Mode, customer: string): Promise<StoredCustomer | null> {
    const name = `${mode}/${customer}`;
    const known = this.known.get(name);
    if (mode === 'live' && known && known.untilMs > this.now()) return known.row;
    return this.turns.take(name);
  }

  /** Read now, whatever is remembered. */
  fresh(mode: Mode, customer: string): Promise<StoredCustomer | null> {
    return this.turns.take(`${mode}/${customer}`);
  }

  /** What was seen last, without asking anybody. */
  lastSeen(mode: Mode, customer: string): StoredCustomer | null {
    return this.known.get(`${mode}/${customer}`)?.row ?? null;
  }

  private remember(name: string, row: StoredCustomer): void {
    this.known.delete(name);
    if (this.known.size >= ROWS_MAX) {
      const oldest = this.known.keys().next();
      if (!oldest.done) this.known.delete(oldest.value);
    }
    this.known.set(name, { row, untilMs: this.now() + LIVE_TTL_MS });
  }
}
