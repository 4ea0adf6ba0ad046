import fc from 'fast-check';
import type { Change, Effect } from '../../../billing/customer/change.js';
import { initialState } from '../../../billing/customer/initial.js';
import { reduce } from '../../../billing/customer/reducer.js';
import { changeSegment } from '../../../billing/customer/periods/segments.js';
import { rowFingerprint } from '../../../billing/customer/reads/row.js';
import type { CustomerState } from '../../../billing/state.js';
import { commanded, FREE, free, row, START_MS, subscribed, used } from './world.js';

const HOUR_MS = 3_600_000;
const END_MS = Date.UTC(2026, 1, 1);
const ASK = {
  type: 'reserve',
  id: 'r_1',
  user: null,
  quantities: { tokens: 5 },
  properties: {},
  ttlMs: 60_000,
  hash: 'h',
  forSettle: false,
} as const;

const kinds = (effects: readonly Effect[]) => effects.map(({ type }) => type);

function through(state: CustomerState, changes: readonly Change[]) {
  return changes.reduce(
    (before, change) => reduce(before.state, change),
    { state, effects: [] } as ReturnType<typeof reduce>,
  );
}

const saved = (state: CustomerState) => ({ ...state, savedRow: rowFingerprint(state) });
const time = (realNowMs: number): Change => ({ type: 'time', realNowMs, random: 'one' });

describe('what the log brings', () => {
  it('wants a heal until the fold has met the head', () => {
    const start = initialState({ mode: 'test', customer: 'a', life: 1 });
    const first = reduce(start, { type: 'head', head: 1, missing: null });
    expect(first.effects).toEqual([{ type: 'heal', from: 1, before: null, catalogue: 0 }]);
    const command = { type: 'customer', plan: FREE, details: {}, atMs: START_MS } as const;
    const read = reduce(first.state, { type: 'stretch', stretch: commanded(1, command) });
    const done = reduce(read.state, { type: 'head', head: 1, missing: null });
    expect([done.state.synced, done.effects]).toEqual([true, []]);
  });

  it('is read anew to its head after a restore, and nothing is granted before', () => {
    const open = { ...free(), holds: { ...free().holds, epoch: 1, wanted: 'fence/epoch-x' } };
    const { state, effects } = reduce(open, { type: 'restored' });
    expect(effects).toEqual([{ type: 'heal', from: open.mark + 1, before: null, catalogue: 1 }]);
    expect([state.synced, state.holds.epoch, state.holds.wanted]).toEqual([false, null, null]);
    const { effects: answered } = reduce(state, { type: 'decide', asks: [ASK], nowMs: START_MS });
    const [first] = answered;
    expect(first).toMatchObject({ type: 'answer', answers: [{ type: 'later' }] });
  });

  it('asks for the gap before what it has folded ahead', () => {
    const message = {
      ranges: [[4, 5]] as const,
      sums: [row(START_MS, 1)],
      catalogue: 1,
      head: 5,
      quietFrom: 2,
    };
    const { state, effects } = reduce(free(), { type: 'message', message });
    expect(state.ahead).toEqual([[4, 5]]);
    expect(effects).toEqual([{ type: 'heal', from: 2, before: 4, catalogue: 1 }]);
  });

  it('asks for the groups one by one where credits burn in the order of the log', () => {
    const plan = { ...FREE, plan: { ...FREE.plan, creditGrant: { amount: '5' } } };
    const paying = { ...free(), snapshots: { 'free@1': plan } };
    expect(reduce(paying, { type: 'head', head: 5, missing: null }).effects).toEqual([
      { type: 'heal', from: 2, before: null, catalogue: 1, apart: true },
    ]);
  });

  it('halts when a number is missing, and then does nothing any more', () => {
    const halted = reduce(free(), { type: 'head', head: 9, missing: '3' });
    expect(halted.state.halted).toBe('log number missing: 3');
    const more: Change = { type: 'stretch', stretch: used(2, 2, []) };
    const after = through(halted.state, [more, time(END_MS)]);
    expect(after.state.mark).toBe(1);
    expect(kinds(after.effects)).toEqual(['wakeAt']);
  });

  it('halts instead of throwing on a total beyond exact numbers', () => {
    const sums = [row(START_MS, Number.MAX_SAFE_INTEGER), row(START_MS, 1)];
    const { state } = reduce(free(), { type: 'stretch', stretch: used(2, 2, sums) });
    expect(state.halted).toContain('beyond 2^53-1');
  });
});

describe('what time brings', () => {
  it('says when to look again: the end of the period', () => {
    expect(reduce(saved(free()), time(START_MS)).effects).toEqual([
      { type: 'wakeAt', realMs: END_MS },
    ]);
  });

  it('wants the step that is due, and after a failure waits in real time', () => {
    const state = saved({ ...subscribed(), testClockSeconds: 4e9 });
    expect(reduce(state, time(START_MS)).effects).toEqual([
      { type: 'step', step: { kind: 'startInvoice', segment: 0 } },
    ]);
    const failed = reduce(state, {
      type: 'stepFailed',
      step: 'startInvoice',
      reason: 'x',
      realNowMs: START_MS,
      retryAfterMs: null,
    }).state;
    expect(reduce(failed, time(START_MS + 999)).effects).toEqual([
      { type: 'wakeAt', realMs: START_MS + 1_000 },
    ]);
    expect(kinds(reduce(failed, time(START_MS + 1_000)).effects)).toEqual(['step']);
  });

  it('sees a test clock through its offset', () => {
    const state = saved({ ...free(), clock: { offsetMs: HOUR_MS, goal: null, reached: 0 } });
    expect(reduce(state, time(START_MS)).effects).toEqual([
      { type: 'wakeAt', realMs: END_MS - HOUR_MS },
    ]);
  });

  it('runs a clock to its goal through all that is due', () => {
    const goal = { request: 7, toMs: Date.UTC(2026, 5, 1), segment: null };
    const state = saved({ ...free(), clock: { offsetMs: 0, goal, reached: 0 } });
    const { state: there } = reduce(state, time(START_MS));
    expect([there.clock.reached, there.segments.at(-1)?.index]).toEqual([7, 5]);
  });
});

describe('what decisions bring', () => {
  it('answers later and wants an epoch of its own, once and by the same name', () => {
    const asked = reduce(saved(free()), { type: 'decide', asks: [ASK], nowMs: START_MS });
    expect(asked.effects).toMatchObject([{ type: 'answer', answers: [{ type: 'later' }] }]);
    const wanting = reduce(asked.state, time(START_MS));
    const [fence] = wanting.effects;
    expect(fence).toEqual({ type: 'writeFence', name: 'epoch-one', fence: { type: 'epoch' } });
    const again = reduce(wanting.state, { type: 'time', realNowMs: START_MS, random: 'two' });
    expect(again.effects[0]).toEqual(fence);
  });

  it('wants no epoch for a customer who never asks', () => {
    expect(kinds(reduce(saved(free()), time(START_MS)).effects)).toEqual(['wakeAt']);
  });

  it('grants once the epoch stands, after usage that rides along, and expires by fence', () => {
    const fence = { type: 'epoch' } as const;
    const acts = [{ kind: 'fence', id: 'fence/epoch-one', fence, hash: '' }] as const;
    const epoch = { from: 2, to: 2, sums: [], acts };
    const inService = through(saved(free()), [
      { type: 'decide', asks: [ASK], nowMs: START_MS },
      time(START_MS),
      { type: 'stretch', stretch: epoch },
      time(START_MS),
    ]).state;
    const usage = { ranges: [[3, 3]] as const, sums: [row(START_MS, 2)], catalogue: 1, head: 3 };
    const unlimited = { ...FREE, plan: { ...FREE.plan, unlimited: ['tokens'] } };
    const named = { ...inService, snapshots: { 'free@1': unlimited } };
    const decided = reduce(named, { type: 'decide', asks: [ASK], usage, nowMs: START_MS });
    expect(decided.effects).toMatchObject([
      { type: 'answer', answers: [{ type: 'granted', hold: 'r_1#1@2', since: 3 }] },
    ]);
    const ended = reduce(decided.state, time(START_MS + 60_000));
    expect(ended.effects[0]).toEqual({
      type: 'writeFence',
      name: 'expired-1@2',
      fence: { type: 'expired', holds: ['r_1#1@2'] },
    });
  });

  it('answers later while the customer is halted', () => {
    const halted = { ...free(), halted: 'number 3 is missing' };
    const { effects } = reduce(halted, { type: 'decide', asks: [ASK, ASK], nowMs: START_MS });
    const later = { type: 'later', reason: 'number 3 is missing' };
    expect(effects).toEqual([{ type: 'answer', answers: [later, later] }]);
  });
});

describe('results of steps', () => {
  it('teach the state what results.ts says, and want nothing by themselves', () => {
    const state = subscribed();
    const totals = { intended: 1, accepted: 1, inDoubt: 0, deadLetter: 0, lastAtMs: 1 };
    const stage = (change: Change) => reduce(state, change).state.segments[0]?.stage;
    const invoice = { review: null } as never;
    expect(reduce(state, { type: 'rowSaved', fingerprint: 'f' }).state.savedRow).toBe('f');
    expect(reduce(state, { type: 'testClockMoved', nowSeconds: 9 }).state.testClockSeconds).toBe(9);
    expect(reduce(state, { type: 'startInvoiced' }).state.startInvoice?.stage).toBe('done');
    expect(
      reduce(state, { type: 'reported', segment: 0, meter: 'tokens', totals }).state.segments[0]
        ?.reports,
    ).toEqual({ tokens: totals });
    expect(stage({ type: 'completed', segment: 0 })).toBe('finalise');
    expect(stage({ type: 'compared', segment: 0, invoice })).toBe('collect');
    expect(stage({ type: 'collected', segment: 0, refused: false })).toBe('billed');
    expect(reduce(state, { type: 'stepDone' }).effects).toEqual([]);
    const held = turnedToHold(state);
    const looked = reduce(held, { type: 'looked', segment: 0, view: null, nowMs: END_MS });
    expect(looked.state.segments[0]?.stage).toBe('freeze');
    const read = { type: 'summariesRead', segment: 0, equal: true, realNowMs: 1 } as const;
    const flushing = changeSegment(held, 0, { stage: 'flush' });
    expect(reduce(flushing, read).state.segments[0]?.stage).toBe('complete');
    const decided = reduce(state, { type: 'itemsDecided', segment: 0 }).state;
    expect(decided.segments[0]?.items).toEqual([]);
    expect(reduce(state, { type: 'stripeChanged' }).state).toBe(state);
  });
});

function turnedToHold(state: CustomerState): CustomerState {
  return { ...state, segments: state.segments.map((segment) => ({ ...segment, stage: 'hold' })) };
}

it('continues the same from a state that went through JSON', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 40 * 24 * 60 }), { maxLength: 20 }), (minutes) => {
      const changes = minutes.map((minute, index): Change => ({
        type: 'stretch',
        stretch: used(index + 2, index + 2, [row(START_MS + minute * 60_000, minute)]),
      }));
      const half = through(free(), changes.slice(0, 10)).state;
      const carried = JSON.parse(JSON.stringify(half)) as CustomerState;
      expect(carried).toEqual(half);
      const rest = [...changes.slice(10), time(START_MS + HOUR_MS)];
      expect(through(carried, rest)).toEqual(through(half, rest));
    }),
    { numRuns: 200, seed: jest.getSeed() },
  );
});
