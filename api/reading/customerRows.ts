import type { Mode } from '../../billing/catalogue.js';
import type { CustomerKey } from '../../billing/log.js';
import type { CustomerStore, StoredCustomer } from '../../ledger/stores/contract.js';
import { Rounds } from './rounds.js';

/** Longest a live customer's row is used without looking again. */
const LIVE_TTL_MS = 5000;

const ROWS_MAX = 20_000;

/** Rows that one read asks for at most. */
const ROUND_MAX = 1000;

interface Known {
  readonly row: StoredCustomer;
  readonly untilMs: number;
}

/**
 * The customers' rows. A test customer's clock can jump, so its row is read anew for each
 * request; a live one is remembered for a short time.
 */
export class CustomerRows {
  private readonly rounds: Readonly<Record<Mode, Rounds<StoredCustomer>>>;
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly store: Pick<CustomerStore, 'findAll'>,
    private readonly now: () => number = Date.now,
  ) {
    const roundsOf = (mode: Mode): Rounds<StoredCustomer> =>
      new Rounds((customers) => this.readAll(mode, customers), ROUND_MAX);
    this.rounds = { test: roundsOf('test'), live: roundsOf('live') };
  }

  /** The row, or null for a customer nobody knows, or that is deleted. */
  async find(mode: Mode, customer: string): Promise<StoredCustomer | null> {
    const known = this.known.get(`${mode}/${customer}`);
    if (mode === 'live' && known && known.untilMs > this.now()) return alive(known.row);
    return this.fresh(mode, customer);
  }

  /** As `find`, but what was read within `ageMsMax` will do in either mode; not for clocks. */
  async recent(mode: Mode, customer: string, ageMsMax: number): Promise<StoredCustomer | null> {
    const known = this.known.get(`${mode}/${customer}`);
    const readAtMs = known ? known.untilMs - LIVE_TTL_MS : -Infinity;
    if (known && readAtMs + ageMsMax > this.now()) return alive(known.row);
    return this.fresh(mode, customer);
  }

  /** Read now, whatever is remembered. */
  async fresh(mode: Mode, customer: string): Promise<StoredCustomer | null> {
    return alive(await this.rounds[mode].take(customer));
  }

  /** What was seen last, without asking anybody. */
  lastSeen(mode: Mode, customer: string): StoredCustomer | null {
    return alive(this.known.get(`${mode}/${customer}`)?.row ?? null);
  }

  /**
   * Under which key a customer without a row is made, or may be in the making: its next life.
   * Null while the one before is being deleted. Asked, like `deleted`, once its row was looked
   * for; where that is forgotten since, the log of the life before refuses what comes.
   */
  nextKey(mode: Mode, customer: string): CustomerKey | null {
    const row = this.known.get(`${mode}/${customer}`)?.row;
    if (!row?.deletion) return { mode, customer, life: 1 };
    return row.deletion === 'done' ? { mode, customer, life: row.key.life + 1 } : null;
  }

  /** What is left of the row of a customer that is deleted, or goes; null for any other. */
  deleted(mode: Mode, customer: string): StoredCustomer | null {
    const row = this.known.get(`${mode}/${customer}`)?.row;
    return row?.deletion ? row : null;
  }

  private async readAll(
    mode: Mode,
    customers: readonly string[],
  ): Promise<ReadonlyMap<string, StoredCustomer>> {
    const untilMs = this.now() + LIVE_TTL_MS;
    const rows = await this.store.findAll(mode, customers);
    for (const row of rows) this.remember(`${mode}/${row.key.customer}`, { row, untilMs });
    return new Map(rows.map((row) => [row.key.customer, row]));
  }

  private remember(name: string, known: Known): void {
    this.known.delete(name);
    if (this.known.size >= ROWS_MAX) {
      const oldest = this.known.keys().next();
      if (!oldest.done) this.known.delete(oldest.value);
    }
    this.known.set(name, known);
  }
}

/** What is left of the row of a deleted customer is no row. */
function alive(row: StoredCustomer | null): StoredCustomer | null {
  return row?.deletion ? null : row;
}
