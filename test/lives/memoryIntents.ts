import type { Mode } from '../../billing/catalogue.js';
import type { CustomerKey } from '../../billing/log.js';
import type { ReportTotals } from '../../billing/state.js';
import { LedgerError } from '../../ledger/errors.js';
import type { Intent, IntentStore } from '../../ledger/stores/contract.js';

const ORDER: readonly Intent['state'][] = ['stored', 'sent', 'accepted', 'deadLetter'];

function sum(intents: readonly Intent[]): number {
  return intents.reduce((total, { value }) => total + value, 0);
}

/** Reports of one customer in memory, in the order in which they were stored. */
export class MemoryIntents implements IntentStore {
  readonly #rows = new Map<string, Intent>();

  all(): readonly Intent[] {
    return [...this.#rows.values()];
  }

  async ofSegment(_key: CustomerKey, segment: number, meter: string): Promise<readonly Intent[]> {
    return this.all().filter((one) => one.segment === segment && one.meter === meter);
  }

  async stamps(
    _key: CustomerKey,
    meter: string,
    fromSeconds: number,
    toSeconds: number,
  ): Promise<readonly number[]> {
    return this.all()
      .filter((one) => one.meter === meter)
      .map(({ stampSeconds }) => stampSeconds)
      .filter((stamp) => stamp >= fromSeconds && stamp < toSeconds)
      .sort((a, b) => a - b);
  }

  async insert(intent: Intent): Promise<boolean> {
    if (this.#rows.has(intent.id)) return false;
    const { meter, stampSeconds } = intent;
    if (this.all().some((one) => one.meter === meter && one.stampSeconds === stampSeconds)) {
      throw new LedgerError('conflict', `${meter} has a report at ${stampSeconds}`);
    }
    this.#rows.set(intent.id, intent);
    return true;
  }

  /** States move forward only. */
  async update(id: string, change: Partial<Omit<Intent, 'id'>>): Promise<void> {
    const row = this.#rows.get(id);
    if (!row) return;
    if (change.state && ORDER.indexOf(change.state) < ORDER.indexOf(row.state)) return;
    this.#rows.set(id, { ...row, ...change });
  }

  async totals(key: CustomerKey, segment: number, meter: string): Promise<ReportTotals> {
    const rows = await this.ofSegment(key, segment, meter);
    const inState = (state: Intent['state']) => sum(rows.filter((one) => one.state === state));
    return {
      intended: sum(rows),
      accepted: inState('accepted'),
      inDoubt: inState('sent'),
      deadLetter: inState('deadLetter'),
      lastAtMs: Math.max(0, ...rows.map(({ storedAtMs }) => storedAtMs)),
    };
  }

  async reopen(): Promise<boolean> {
    return false;
  }

  async named(_mode: Mode, ids: readonly string[]): Promise<readonly Intent[]> {
    return this.all().filter(({ id }) => ids.includes(id));
  }

  async sentWithin(): Promise<readonly Intent[]> {
    return this.all();
  }
}
