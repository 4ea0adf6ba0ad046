import type { Change } from '../../../billing/customer/change.js';
import { reduce, type Reduced } from '../../../billing/customer/reducer.js';
import { cellEntries, withCell } from '../../../billing/cells.js';
import type { HoldAnswer } from '../../../billing/holds/asks.js';
import type { Holds } from '../../../billing/holds/hold.js';
import type { ActingEntry, HoldEnd } from '../../../billing/log.js';
import type { CustomerState } from '../../../billing/state.js';
import { forgetting, withMark } from '../customer.js';
import type { HoldPlants } from './plants.js';

/** What the workflow lives by: the product's reducer, or one with a rule left out. */
export interface Rules {
  reduce(state: CustomerState, change: Change): Reduced;
  /** A fence that the state wanted stands at this number, whoever wrote it. */
  stands(state: CustomerState, fenceId: string, number: number): CustomerState;
}

/** The product's own rules. */
export const RULES: Rules = { reduce, stands: (state) => state };

/** The rules with what is planted left out. */
export function rulesWith(plants: HoldPlants): Rules {
  if (plants.ready) return { ...RULES, reduce: grantingEarly };
  if (plants.noWait) return { ...RULES, reduce: grantingAtOnce };
  if (plants.extend) return { ...RULES, reduce: extendingEnding };
  if (plants.epoch) return { reduce: named('all'), stands: takingForOwn };
  if (plants.oneName) return { ...RULES, reduce: named('run') };
  if (plants.name) return { ...RULES, reduce: namingById };
  if (plants.mixedMessage) return { ...RULES, reduce: foldingMixed };
  if (plants.forgottenRanges) return { ...RULES, reduce: forgettingRanges };
  return RULES;
}

function withHolds(state: CustomerState, change: Partial<Holds>): CustomerState {
  return { ...state, holds: { ...state.holds, ...change } };
}

/** An instance whose epoch is on its way grants in the number that it will have at least. */
function grantingEarly(state: CustomerState, change: Change): Reduced {
  const { epoch, wanted } = state.holds;
  if (change.type !== 'decide' || epoch !== null || wanted === null) return reduce(state, change);
  const serving = withHolds(state, { epoch: state.mark + 1, servingFromMs: 0 });
  const reduced = reduce(serving, change);
  return { ...reduced, state: withHolds(reduced.state, { epoch: null }) };
}

function grantingAtOnce(state: CustomerState, change: Change): Reduced {
  const reduced = reduce(state, change);
  if (reduced.state.holds.servingFromMs === 0) return reduced;
  return { ...reduced, state: withHolds(reduced.state, { servingFromMs: 0 }) };
}

/** For as long as it decides, no hold's end is on its way. */
function extendingEnding(state: CustomerState, change: Change): Reduced {
  if (change.type !== 'decide') return reduce(state, change);
  let { open } = state.holds;
  for (const [id, hold] of cellEntries(open)) open = withCell(open, id, { ...hold, ending: false });
  return reduce(withHolds(state, { open }), change);
}

function named(of: 'run' | 'all'): Rules['reduce'] {
  return (state, change) => namingBy(state, change, of);
}

/** All epochs of a run, or of all runs, are named alike. */
function namingBy(state: CustomerState, change: Change, of: 'run' | 'all'): Reduced {
  const { state: after, effects } = reduce(state, change);
  const { wanted } = after.holds;
  if (wanted === null) return { state: after, effects };
  const ofRun = /^fence\/epoch-\d+-\d+/.exec(wanted)?.[0] ?? wanted;
  const id = of === 'all' ? 'fence/epoch-alike' : ofRun;
  return {
    state: withHolds(after, { wanted: id }),
    effects: effects.map((effect) => {
      if (effect.type !== 'writeFence' || effect.fence.type !== 'epoch') return effect;
      return { ...effect, name: id.slice('fence/'.length) };
    }),
  };
}

/** Exists already: as good as written. */
function takingForOwn(state: CustomerState, fenceId: string, number: number): CustomerState {
  if (fenceId !== state.holds.wanted || number > state.mark) return state;
  return withHolds(state, { epoch: number, wanted: null, servingFromMs: null });
}

function foldingMixed(state: CustomerState, change: Change): Reduced {
  if (change.type !== 'message') return reduce(state, change);
  const known = forgetting(state, change.message);
  const reduced = reduce(known, change);
  return { ...reduced, state: withMark(reduced.state, state.mark) };
}

function forgettingRanges(state: CustomerState, change: Change): Reduced {
  const reduced = reduce(state, change);
  const { ahead } = reduced.state;
  return ahead.length === 0 ? reduced : { ...reduced, state: { ...reduced.state, ahead: [] } };
}

/** Every name that leaves has serial 0; the one that comes back means the hold that is open. */
function namingById(state: CustomerState, change: Change): Reduced {
  const { state: after, effects } = reduce(state, translated(state, change));
  return {
    state: after,
    effects: effects.map((effect) => {
      if (effect.type === 'answer') return { ...effect, answers: effect.answers.map(unserialled) };
      if (effect.type !== 'writeFence' || effect.fence.type !== 'expired') return effect;
      const holds = effect.fence.holds.map(withoutSerial);
      return { ...effect, fence: { ...effect.fence, holds } };
    }),
  };
}

function translated(state: CustomerState, change: Change): Change {
  const serials = new Map(
    cellEntries(state.holds.open).map(([id, { serial }]) => [id, serial] as const),
  );
  const named = (name: string): string => {
    const id = name.slice(0, name.lastIndexOf('#'));
    return name.replace(/#0@([0-9]+)$/, `#${serials.get(id) ?? 0}@$1`);
  };
  const end = (one: HoldEnd): HoldEnd => ({ ...one, hold: named(one.hold) });
  const act = (one: ActingEntry): ActingEntry => {
    if (one.kind !== 'fence' || one.fence.type !== 'expired') return one;
    return { ...one, fence: { ...one.fence, holds: one.fence.holds.map(named) } };
  };
  if (change.type === 'stretch') {
    const { stretch } = change;
    const ends = (stretch.ends ?? []).map(end);
    return { ...change, stretch: { ...stretch, ends, acts: stretch.acts.map(act) } };
  }
  if (change.type !== 'message') return change;
  const { message } = change;
  return { ...change, message: { ...message, ends: (message.ends ?? []).map(end) } };
}

function withoutSerial(name: string): string {
  return name.replace(/#[0-9]+@/, '#0@');
}

function unserialled(answer: HoldAnswer): HoldAnswer {
  return answer.type === 'granted' ? { ...answer, hold: withoutSerial(answer.hold) } : answer;
}
