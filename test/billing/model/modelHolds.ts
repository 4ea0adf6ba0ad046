import type { HoldEnd, Quantities } from '../../../billing/log.js';
import type { Counting } from './books.js';

/** One hold as the reference model remembers it. */
export interface ModelHold {
  /** `ID#SERIAL@EPOCH`. */
  readonly name: string;
  readonly id: string;
  readonly epoch: number;
  readonly user: string | null;
  readonly properties: Readonly<Record<string, string>>;
  readonly grantedAtMs: number;
  /** What it adds to `count` meters; of a lease its own quantities say it. */
  readonly count: number | 'own';
  expiresAtMs: number;
  quantities: Quantities;
  settled: Record<string, number>;
  open: boolean;
  /** Grows when what it keeps changes. */
  version: number;
}

/** A hold as it is granted. */
export type Grant = Omit<ModelHold, 'settled' | 'open' | 'version'>;

/** A plain list of holds. */
export class ModelHolds {
  readonly list: ModelHold[] = [];
  /** Log number of the newest epoch fence that was read. */
  epoch = 0;

  /** The log will be read anew: what it says of holds is forgotten, the grants are not. */
  forget(): void {
    this.epoch = 0;
    for (const hold of this.list) {
      hold.open = true;
      hold.settled = {};
      hold.version += 1;
    }
  }

  grant(terms: Grant): ModelHold {
    const hold = { ...terms, settled: {}, open: true, version: 0 };
    this.list.push(hold);
    return hold;
  }

  named(name: string): ModelHold | undefined {
    return this.list.findLast((hold) => hold.name === name);
  }

  open(): ModelHold[] {
    return this.list.filter((hold) => hold.open);
  }

  /** The open hold of an id. */
  of(id: string): ModelHold | undefined {
    return this.list.findLast((hold) => hold.open && hold.id === id);
  }

  settle(ends: readonly HoldEnd[]): void {
    for (const { hold: name, settled } of ends) {
      const hold = this.named(name);
      if (!hold) continue;
      if (!settled) hold.open = false;
      for (const [meter, units] of Object.entries(settled ?? {})) {
        hold.settled[meter] = (hold.settled[meter] ?? 0) + units;
      }
      hold.version += 1;
      this.closeIfSpent(hold);
    }
  }

  /** A lease of which nothing is left is over. */
  closeIfSpent(hold: ModelHold): void {
    const { count, quantities, settled } = hold;
    const left = Object.entries(quantities).some(([meter, units]) => units > (settled[meter] ?? 0));
    if (count === 'own' && !left) hold.open = false;
  }

  expire(names: readonly string[]): void {
    for (const hold of this.list) if (names.includes(hold.name)) hold.open = false;
  }

  voidBefore(epoch: number): void {
    this.epoch = epoch;
    for (const hold of this.list) if (hold.epoch < epoch) hold.open = false;
  }

  /** What is left of a hold, counted at its grant. */
  kept({ grantedAtMs, user, properties, count, quantities, settled }: ModelHold): Counting {
    const rest = Object.entries(quantities).map(([meter, units]) => {
      return [meter, Math.max(0, units - (settled[meter] ?? 0))] as const;
    });
    return { atMs: grantedAtMs, user, properties, count, quantities: Object.fromEntries(rest) };
  }
}
