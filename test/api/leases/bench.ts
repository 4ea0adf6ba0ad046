import { ProcessLeases } from '../../../api/leases/book.js';
import type { LeaseMode } from '../../../api/leases/shelf.js';
import { createTokens } from '../../../api/leases/tokens.js';
import type { AskedReservation, Decided, Decider } from '../../../api/decisions/contract.js';
import type { HoldAnswer, HoldAsk } from '../../../billing/holds/asks.js';
import type { CustomerKey } from '../../../billing/log.js';
import { METERS } from '../../billing/contractCatalogue.js';

/** A lease book on a bench: its clocks stand still until moved, its asks wait until answered. */

/** The customer of these tests. */
export const KEY = { mode: 'test', customer: 'acme', life: 1 } as const;

/** An ask for `tokens` input tokens. */
export function asked(tokens: number, more: Partial<AskedReservation> = {}): AskedReservation {
  return {
    key: KEY,
    id: null,
    user: null,
    quantities: { input_tokens: tokens },
    properties: {},
    named: {},
    ttlMs: 60_000,
    hash: 'hash',
    ...more,
  };
}

/** Asks on their way to the workflow. */
export interface Letter {
  readonly asks: readonly HoldAsk[];
  answer(answers: readonly HoldAnswer[], nowMs: number): void;
  lose(): void;
}

/** Both clocks of one process, set by hand. */
export class HandClock {
  monotonicMs = 1_000_000;
  wallMs = 1_790_000_000_000;

  readonly read = () => ({ monotonicMs: this.monotonicMs, wallMs: this.wallMs });

  pass(ms: number): void {
    this.monotonicMs += ms;
    this.wallMs += ms;
  }
}

/** One process: a book, its clock and what it has sent. */
export class Bench implements Decider {
  readonly clock = new HandClock();
  readonly letters: Letter[] = [];
  readonly faults: unknown[] = [];
  readonly book: ProcessLeases;

  constructor(mode: LeaseMode, secret = 's'.repeat(32)) {
    const tokens = createTokens(secret);
    const metersOf = () => METERS;
    const onFault = (error: unknown) => void this.faults.push(error);
    this.book = new ProcessLeases(
      { decider: this, tokens, mode, metersOf, onFault },
      this.clock.read,
    );
  }

  decide(_key: CustomerKey, asks: readonly HoldAsk[]): Promise<Decided> {
    const sentAtMs = this.clock.monotonicMs;
    return new Promise((resolve, reject) => {
      const answer = (answers: readonly HoldAnswer[], nowMs: number) =>
        resolve({ answers, nowMs, sentAtMs });
      this.letters.push({ asks, answer, lose: () => reject(new Error('no answer')) });
    });
  }

  /** The oldest letter that is not answered yet. @throws Error when there is none. */
  next(): Letter {
    const letter = this.letters.shift();
    if (!letter) throw new Error('nothing was asked');
    return letter;
  }
}

/** Lets everything that waits for a settled promise run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
}
