import { foldStretch, neededRevision } from '../../billing/customer/fold.js';
import { initialState } from '../../billing/customer/initial.js';
import { actsOf } from '../../billing/entries.js';
import type { CustomerKey, LogGroup, LogStretch } from '../../billing/log.js';
import type { CustomerState } from '../../billing/state.js';
import { sumRows } from '../../billing/sums.js';
import type { LogReader } from '../../ledger/contract.js';
import type { Engine } from '../engine/engine.js';
import { unavailable } from '../errors/problem.js';
import type { Catalogues } from './catalogues.js';
import { Turns } from './turns.js';

/**
 * A customer's state with everything that is durable now: what its workflow has folded, plus the
 * log above its mark. So a read after an acknowledged write always includes it.
 */

const PAGE_GROUPS = 200;

/** A log that is this far ahead of its workflow is being rebuilt: a reader must not do it. */
const PAGES_MAX = 25;

/** What standings are read from. */
export interface StandingSources {
  readonly engine: Engine;
  readonly log: LogReader;
  readonly catalogues: Catalogues;
}

/** Reads states of customers. */
export class Standings {
  private readonly turns: Turns<CustomerState | null>;

  constructor(private readonly sources: StandingSources) {
    this.turns = new Turns((name) => sources.engine.standing(JSON.parse(name) as CustomerKey));
  }

  /** What the workflow itself says; null where none ever ran. */
  ofWorkflow(key: CustomerKey): Promise<CustomerState | null> {
    const { mode, customer, life } = key;
    return this.turns.take(JSON.stringify({ mode, customer, life }));
  }

  /**
   * The state with everything durable; null for a customer without a log.
   * @throws Problem `unavailable` when the workflow can't be asked.
   */
  async fresh(key: CustomerKey): Promise<CustomerState | null> {
    const known = await this.ofWorkflow(key);
    if (known) return this.caughtUp(known);
    const head = await this.sources.log.head(key);
    if (head === 0) return null;
    await this.sources.engine.tell(key, { ranges: [], sums: [], catalogue: 0, head });
    return this.caughtUp(initialState(key));
  }

  private async caughtUp(known: CustomerState): Promise<CustomerState> {
    let state = known;
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const from = state.mark + 1;
      const groups = await this.sources.log.groups(state.key, from, PAGE_GROUPS);
      for (const group of groups) state = foldStretch(state, await this.stretchOf(state, group));
      if (groups.length < PAGE_GROUPS || state.mark < from) return state;
    }
    throw unavailable(`The standing of ${known.key.customer} is being rebuilt.`, undefined, 5);
  }

  /**
   * A group as the fold of this state takes it; sums made before a property was named in the
   * catalogue are made anew.
   */
  async stretchOf(state: CustomerState, group: LogGroup): Promise<LogStretch> {
    const stale = group.catalogue < neededRevision(state);
    const sums = stale
      ? sumRows(group.entries, await this.sources.catalogues.require(group.mode))
      : group.sums;
    const { number, ends, entries } = group;
    const stretch = { from: number, to: number, sums, acts: actsOf(entries) };
    return ends ? { ...stretch, ends } : stretch;
  }
}
