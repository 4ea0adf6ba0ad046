import { cellEntries, noCells } from '../../../billing/cells.js';
import { initialState } from '../../../billing/customer/initial.js';
import { reduce } from '../../../billing/customer/reducer.js';
import { actsOf } from '../../../billing/entries.js';
import type { Bucket } from '../../../billing/limits/counter.js';
import type { LogGroup } from '../../../billing/log.js';
import { mergeRows } from '../../../billing/mergedRows.js';
import type { CustomerState, Segment } from '../../../billing/state.js';
import { settledIn, tokensIn } from './naive.js';
import { KEY } from './plan.js';

/** What must be true of a customer's state once everything has come to rest. */

const NOTHING = { used: noCells<never>(), held: noCells<never>() };

/** Nothing is held, and the state is the fold of the log from nothing. */
export function restBroken(state: CustomerState, groups: readonly LogGroup[]): string[] {
  const broken: string[] = [];
  if (state.halted !== null) broken.push(`halted: ${state.halted}`);
  if (state.mark !== groups.length) broken.push(`mark ${state.mark}, head ${groups.length}`);
  if (state.holds.open.size > 0) broken.push(`${state.holds.open.size} holds are open at rest`);
  if (state.holds.asked && state.holds.epoch === null) broken.push('out of service at rest');
  broken.push(...countersBroken(state, foldedAnew(groups)));
  const tokens = state.segments.map(tokensOf).reduce((sum, part) => sum + part, 0);
  const logged = usedIn(groups);
  if (tokens !== logged) broken.push(`${tokens} tokens counted, the log uses ${logged}`);
  return broken;
}

function usedIn(groups: readonly LogGroup[]): number {
  const events = groups
    .flatMap(({ entries }) => entries)
    .flatMap((entry) => (entry.kind === 'usage' && !entry.drawn ? [entry.quantities] : []))
    .map(tokensIn);
  const settled = settledIn(groups).map(({ tokens }) => tokens);
  return [...events, ...settled].reduce((sum, tokens) => sum + tokens, 0);
}

/** The first group brings the plan; nothing that acts after it changes what is counted. */
function foldedAnew([first, ...others]: readonly LogGroup[]): CustomerState {
  const begun = stretched(initialState(KEY), [first as LogGroup]);
  return others.length === 0 ? begun : stretched(begun, others);
}

function stretched(state: CustomerState, groups: readonly LogGroup[]): CustomerState {
  const [{ number: from, entries }] = groups as [LogGroup];
  const sums = mergeRows([], groups.flatMap((group) => group.sums));
  const acts = from === 1 ? actsOf(entries) : [];
  const stretch = { from, to: from + groups.length - 1, sums, acts };
  return reduce(state, { type: 'stretch', stretch }).state;
}

/** What is counted in the windows that are kept, and the totals of periods. */
function countersBroken(state: CustomerState, anew: CustomerState): string[] {
  const broken: string[] = [];
  for (const [key, buckets] of Object.entries(state.counters)) {
    for (const bucket of buckets) {
      const same = anew.counters[key]?.find(({ startMs }) => startMs === bucket.startMs);
      const [kept, folded] = [bucket, same ?? NOTHING].map(contentOf);
      if (kept !== folded) broken.push(`${key} has ${kept}, the log from scratch ${folded}`);
    }
  }
  const [kept, folded] = [state, anew].map(({ segments }) =>
    JSON.stringify(segments.map(tokensOf).filter((sum) => sum > 0)),
  );
  if (kept !== folded) broken.push(`periods have ${kept}, from scratch ${folded}`);
  return broken;
}

function contentOf({ used, held }: Pick<Bucket, 'used' | 'held'>): string {
  return JSON.stringify([used, held].map((cells) => cellEntries(cells).sort(byKey)));
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function tokensOf({ totals, late }: Segment): number {
  return (totals['tokens']?.quantity ?? 0) + (late['tokens']?.quantity ?? 0);
}
