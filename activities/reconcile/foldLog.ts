import type { PublishedCatalogue } from '../../billing/catalogue.js';
import { initialState } from '../../billing/customer/initial.js';
import { reduce } from '../../billing/customer/reducer.js';
import { actsOf } from '../../billing/entries.js';
import type { CustomerKey, LogGroup, LogRange } from '../../billing/log.js';
import type { CustomerState } from '../../billing/state.js';
import { sumRows } from '../../billing/sums.js';
import type { Ledger } from '../../ledger/contract.js';

/** Groups read at a time: a group can have 1 MB of entries. */
const GROUPS_PER_READ = 50;

/** Told of each group on the way, in the order of the log. */
export interface FoldVisitor {
  group(before: CustomerState, group: LogGroup, published: PublishedCatalogue): void;
  folded(after: CustomerState): void;
}

/** What a log comes to when it is folded from its first group. */
export interface FoldedLog {
  readonly state: CustomerState;
  /** A number below the mark that is not there; null: none is missing. */
  readonly missing: number | null;
}

/**
 * Folds a customer's log from number 1 up to `mark`, and the ranges `ahead` of it, from the
 * entries themselves: rows that stand beside them are not trusted. Reads in pages; what is kept
 * is the state alone. @throws Error where nothing is published in the mode.
 */
export async function foldLog(
  ledger: Ledger,
  key: CustomerKey,
  upTo: { readonly mark: number; readonly ahead?: readonly LogRange[] },
  visitor?: FoldVisitor,
): Promise<FoldedLog> {
  const published = await ledger.catalogues.newest(key.mode);
  if (!published) throw new Error(`no catalogue is published in ${key.mode} mode`);
  let state = initialState(key);
  for await (const group of groupsOf(ledger, key, 1, upTo.mark)) {
    if (group.number !== state.mark + 1) break;
    visitor?.group(state, group, published);
    state = folded(state, group, published);
    visitor?.folded(state);
    if (state.halted !== null) break;
  }
  const missing = state.mark < upTo.mark && state.halted === null ? state.mark + 1 : null;
  if (missing === null) state = await withAhead(ledger, state, published, upTo.ahead, visitor);
  return { state, missing };
}

async function* groupsOf(
  ledger: Ledger,
  key: CustomerKey,
  from: number,
  to: number,
): AsyncIterable<LogGroup> {
  for (let next = from; next <= to; next += GROUPS_PER_READ) {
    const limit = Math.min(GROUPS_PER_READ, to - next + 1);
    yield* await ledger.log.groups(key, next, limit);
  }
}

function folded(
  state: CustomerState,
  group: LogGroup,
  published: PublishedCatalogue,
): CustomerState {
  const { number, entries, ends } = group;
  const sums = sumRows(entries, published);
  const stretch = { from: number, to: number, sums, acts: actsOf(entries), ...(ends && { ends }) };
  return reduce(state, { type: 'stretch', stretch }).state;
}

/** Usage that was told before the groups of a gap: it commutes, or it would not be ahead. */
async function withAhead(
  ledger: Ledger,
  state: CustomerState,
  published: PublishedCatalogue,
  ahead: readonly LogRange[] = [],
  visitor?: FoldVisitor,
): Promise<CustomerState> {
  const { key, mark } = state;
  let next = reduce(state, { type: 'head', head: mark, missing: null }).state;
  for (const [from, to] of ahead) {
    for await (const group of groupsOf(ledger, key, from, to)) {
      const { number, entries, ends } = group;
      visitor?.group(next, group, published);
      const ranges = [[number, number]] as const;
      const sums = sumRows(entries, published);
      const catalogue = published.revision;
      const told = { ranges, sums, catalogue, quietFrom: mark + 1, head: number };
      const message = ends ? { ...told, ends } : told;
      next = reduce(next, { type: 'message', message }).state;
      visitor?.folded(next);
    }
  }
  return next;
}
