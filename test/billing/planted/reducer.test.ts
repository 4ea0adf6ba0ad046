import type { Change } from '../../../billing/customer/change.js';
import type { CustomerState } from '../../../billing/state.js';
import type { ActingEntry, LogStretch } from '../../../billing/log.js';
import { sumRows } from '../../../billing/sums.js';
import { PUBLISHED } from '../model/plans.js';
import { firstRed, type Wrapping } from './firstRed.js';

/** The model checked: with a fault planted in what stands around the rules it must turn red. */

const LIMIT_MS = 120_000;

/** Alters what the reducer is told. */
const told = (alter: (change: Change, state: CustomerState) => Change): Wrapping => {
  return (real) => (state, change) => real(state, alter(change, state));
};

/** A stretch without some of what acts in it. */
function without(change: Change, isLost: (act: ActingEntry) => boolean): Change {
  if (change.type !== 'stretch') return change;
  const acts = change.stretch.acts.filter((act) => !isLost(act));
  return { ...change, stretch: { ...change.stretch, acts } };
}

const isFence = (type: string) => (act: ActingEntry) =>
  act.kind === 'fence' && act.fence.type === type;

it('the model is green with nothing planted', async () => {
  expect(await firstRed({ wrap: told((change) => change) })).toBeNull();
}, LIMIT_MS);

it('usage told twice is counted twice', async () => {
  const wrap: Wrapping = (real) => (state, change) => {
    const first = change.type === 'message' ? change.message.ranges[0]?.[0] : undefined;
    const again = first !== undefined && first <= state.mark && state.synced;
    return real(again ? { ...state, mark: first - 1, ahead: [] } : state, change);
  };
  expect(await firstRed({ wrap })).toMatch(/^I1/);
}, LIMIT_MS);

it('a page of the log is folded twice', async () => {
  const wrap: Wrapping = (real) => (state, change) => {
    const once = real(state, change);
    if (change.type !== 'stretch' || change.stretch.acts.length > 0) return once;
    const { mark } = state;
    return once.state.mark === mark ? once : real({ ...once.state, mark }, change);
  };
  expect(await firstRed({ wrap })).toMatch(/^I1/);
}, LIMIT_MS);

it('a settle does not consume its hold', async () => {
  const wrap = told((change) => {
    if (change.type === 'stretch') return { ...change, stretch: { ...change.stretch, ends: [] } };
    if (change.type === 'message') return { ...change, message: { ...change.message, ends: [] } };
    return change;
  });
  expect(await firstRed({ wrap })).toMatch(/^I4/);
}, LIMIT_MS);

it('what was held is not given back at its fence', async () => {
  const wrap = told((change) => without(change, isFence('expired')));
  expect(await firstRed({ wrap })).toMatch(/^I4/);
}, LIMIT_MS);

it('a period is not closed by its fence', async () => {
  const wrap = told((change) => without(change, isFence('closed')));
  expect(await firstRed({ wrap })).toMatch(/^(I1|credits)/);
}, LIMIT_MS);

it('a rebuilt state grants before its epoch stands in the log', async () => {
  const wrap: Wrapping = (real) => (state, change) => {
    const { holds, mark } = state;
    if (change.type !== 'decide' || holds.epoch !== null) return real(state, change);
    const early = { ...holds, epoch: mark, wanted: null, servingFromMs: 0 };
    return real({ ...state, holds: early }, change);
  };
  expect(await firstRed({ wrap })).toMatch(/^I/);
}, LIMIT_MS);

it('the zone, or the controls, are lost at continue-as-new', async () => {
  const wrap: Wrapping = (real) => (state, change) => {
    const lost = state.mark % 7 === 3 && Object.keys(state.controls.limits).length > 0;
    return real(lost ? { ...state, controls: { ...state.controls, limits: {} } } : state, change);
  };
  expect(await firstRed({ wrap })).not.toBeNull();
}, LIMIT_MS);

it('a handler changes a state in place', async () => {
  const wrap: Wrapping = (real) => (state, change) => {
    const reduced = real(state, change);
    if (state.segments[0]) (state.segments as unknown[]).push(state.segments[0]);
    return reduced;
  };
  expect(await firstRed({ wrap })).toMatch(/not extensible/);
}, LIMIT_MS);

it('a refusal leaves something behind', async () => {
  const wrap: Wrapping = (real) => (state, change) => {
    const reduced = real(state, change);
    const answer = reduced.effects.find((effect) => effect.type === 'answer');
    const denied = answer?.type === 'answer' && answer.answers[0]?.type === 'denied';
    const holds = { ...reduced.state.holds, serial: reduced.state.holds.serial + 1 };
    return denied ? { ...reduced, state: { ...reduced.state, holds } } : reduced;
  };
  expect(await firstRed({ wrap })).toMatch(/^I14/);
}, LIMIT_MS);

it('usage is summed in floating point', async () => {
  const summing: LogStretchRows = (entries) =>
    sumRows(entries, PUBLISHED).map((row) => ({ ...row, quantity: (row.quantity * 0.1) / 0.1 }));
  expect(await firstRed({ summing })).toMatch(/^I1/);
}, LIMIT_MS);

it('an event is dated by the flush and not by itself', async () => {
  const summing: LogStretchRows = (entries) => {
    const newest = Math.max(...entries.map((entry) => ('atMs' in entry ? entry.atMs : 0)));
    const dated = entries.map((entry) => {
      return entry.kind === 'usage' ? { ...entry, atMs: newest } : entry;
    });
    return sumRows(dated, PUBLISHED);
  };
  expect(await firstRed({ summing })).not.toBeNull();
}, LIMIT_MS);

type LogStretchRows = (entries: Parameters<typeof sumRows>[0]) => LogStretch['sums'];
