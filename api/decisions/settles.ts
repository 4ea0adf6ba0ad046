import type { CustomerKey, SettleEntry } from '../../billing/log.js';
import type { LogReader } from '../../ledger/contract.js';
import { Rounds } from '../reading/rounds.js';

/** How reservations ended, read in the log: many in one question. */

const ROUND_MAX = 1_000;

interface Asked {
  readonly key: CustomerKey;
  readonly id: string;
}

/** Looks up ends of reservations. */
export class Settles {
  private readonly rounds: Rounds<SettleEntry>;

  constructor(private readonly log: Pick<LogReader, 'entries'>) {
    this.rounds = new Rounds((names) => this.readAll(names), ROUND_MAX);
  }

  /** The end of a reservation; null while it has none. */
  of({ mode, customer, life }: CustomerKey, id: string): Promise<SettleEntry | null> {
    return this.rounds.take(JSON.stringify([mode, customer, life, id]));
  }

  private async readAll(names: readonly string[]): Promise<ReadonlyMap<string, SettleEntry>> {
    const byCustomer = new Map<string, string[]>();
    for (const name of names) {
      const customer = nameOfCustomer(askedBy(name).key);
      byCustomer.set(customer, [...(byCustomer.get(customer) ?? []), name]);
    }
    const found = new Map<string, SettleEntry>();
    const reads = [...byCustomer.values()].map(async (group) => {
      const [{ key }] = group.map(askedBy) as [Asked];
      const nameOf = new Map(group.map((name) => [`settle/${askedBy(name).id}`, name]));
      const entries = await this.log.entries(key, [...nameOf.keys()]);
      for (const { entry } of entries) {
        const name = nameOf.get(entry.id);
        if (entry.kind === 'settle' && name !== undefined) found.set(name, entry);
      }
    });
    await Promise.all(reads);
    return found;
  }
}

function askedBy(name: string): Asked {
  const [mode, customer, life, id] = JSON.parse(name) as ['test' | 'live', string, number, string];
  return { key: { mode, customer, life }, id };
}

function nameOfCustomer({ mode, customer, life }: CustomerKey): string {
  return `${mode}/${customer}#${life}`;
}
