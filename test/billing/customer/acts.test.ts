import { applyAct } from '../../../billing/customer/acts.js';
import type { Change } from '../../../billing/customer/change.js';
import { foldMessage } from '../../../billing/customer/fold.js';
import { decideHolds } from '../../../billing/customer/holding.js';
import { reduce } from '../../../billing/customer/reducer.js';
import { stepDone } from '../../../billing/customer/close/results.js';
import { rowFingerprint } from '../../../billing/customer/reads/row.js';
import { changeSegment } from '../../../billing/customer/periods/segments.js';
import type { Command } from '../../../billing/command.js';
import { openHolds } from '../../../billing/holds/book.js';
import type { CustomerState } from '../../../billing/state.js';
import { closed, folded, FREE, free, row, START_MS, subscribed, used } from './world.js';

const HOUR_MS = 3_600_000;
const END_MS = Date.UTC(2026, 1, 1);

const acted = (state: CustomerState, number: number, command: Command) =>
  applyAct(state, number, { kind: 'command', id: 'c', command, hash: '' });

describe('a command acts when the mark reaches it', () => {
  it('adds credits that were bought', () => {
    const bought = { id: 'x', amount: '12.5', kind: 'purchase', atMs: START_MS } as const;
    const { credits } = acted(free(), 2, { type: 'credits', ...bought });
    expect(credits.lots).toMatchObject([{ id: 'credit/x', left: 12_500_000 }]);
    expect(credits.totals.in).toBe(12_500_000);
  });

  it('does nothing where a newer release wrote it', () => {
    const state = free();
    expect(acted(state, 2, { type: 'of tomorrow' } as unknown as Command)).toBe(state);
  });
});

describe('what a step has learnt', () => {
  const waiting = changeSegment(subscribed(), 0, { stage: 'complete', lookAgainAtMs: 5 });
  const learnt = (state: CustomerState, change: Change) => reduce(state, change);

  it('looks at once for a missing draft where something changed at Stripe', () => {
    const { state, effects } = learnt(waiting, { type: 'stripeChanged' });
    expect([state.segments[0]?.lookAgainAtMs, effects]).toEqual([0, []]);
  });

  it('decides what goes on a draft, and frees the lane', () => {
    const stretches = [used(3, 3, [row(START_MS, 100)]), closed(4, 0)];
    const late = folded([...stretches, used(5, 5, [row(START_MS, 20), row(END_MS, 1)])],
      subscribed());
    const decided = learnt(late, { type: 'itemsDecided', segment: 1 }).state;
    expect(decided.segments[1]?.items).toMatchObject([{ ref: 'late/tokens', amountMinor: 10 }]);
    const retry = { step: 'report', attempts: 1, atMs: 9, reason: 'x' };
    expect(learnt({ ...late, retry }, { type: 'stepDone' }).state.retry).toBeNull();
    expect(stepDone(late, 'alert')).toBe(late);
  });

  it('is nothing where a newer release tells of it', () => {
    const { state, effects } = learnt(waiting, { type: 'of tomorrow' } as unknown as Change);
    expect(state).toBe(waiting);
    expect(effects).toEqual([]);
  });
});

describe('goals of a test clock add up', () => {
  const goals = (...commands: readonly (readonly [toMs: number, segment: number | null])[]) =>
    commands.reduce(
      (state, [toMs, segment], index) => acted(state, index + 2, { type: 'clock', toMs, segment }),
      free(),
    ).clock.goal;

  it('keeps the later time and the newest request', () => {
    expect(goals([END_MS, null])).toEqual({ request: 2, toMs: END_MS, segment: null });
    expect(goals([END_MS, null], [START_MS, null])).toEqual({
      request: 3, toMs: END_MS, segment: null,
    });
    expect(goals([START_MS, null], [END_MS, null])?.toMs).toBe(END_MS);
  });

  it('keeps the segment that must be done until another is named', () => {
    expect(goals([START_MS, 0], [START_MS, null])?.segment).toBe(0);
    expect(goals([START_MS, 0], [START_MS, 4])?.segment).toBe(4);
  });
});

describe('holds of a customer in service', () => {
  const unlimited = { ...FREE, plan: { ...FREE.plan, unlimited: ['tokens'] } };
  const inService: CustomerState = {
    ...free(),
    savedRow: rowFingerprint(free()),
    snapshots: { 'free@1': unlimited },
    holds: { ...free().holds, asked: true, epoch: 1, newestEpoch: 1 },
  };
  const ask = {
    type: 'reserve',
    id: 'r_1',
    user: null,
    quantities: { tokens: 5 },
    properties: {},
    ttlMs: 60_000,
    hash: 'h',
    forSettle: false,
  } as const;
  const { state: held } = decideHolds(inService, { type: 'decide', asks: [ask], nowMs: START_MS });
  const open = (state: CustomerState) => [...openHolds(state)].map(({ id }) => id);
  const wake = (state: CustomerState, realNowMs: number) =>
    reduce(state, { type: 'time', realNowMs, random: 'r' }).effects.at(-1);

  it('end with the usage that a message settles them from', () => {
    expect(open(held)).toEqual(['r_1']);
    const message = {
      ranges: [[2, 2]] as const,
      sums: [row(START_MS, 5)],
      ends: [{ hold: 'r_1#1@1' }],
      catalogue: 1,
      head: 2,
    };
    const settled = foldMessage(held, message);
    expect([open(settled), settled.segments[0]?.totals['tokens']?.quantity]).toEqual([[], 5]);
    const { ends: _ends, ...usage } = message;
    expect(foldMessage(held, usage).holds).toBe(held.holds);
  });

  it('wake their customer when the first ends, on its own clock; without any nothing does', () => {
    expect(wake(held, START_MS)).toEqual({ type: 'wakeAt', realMs: START_MS + 60_000 });
    const clock = { offsetMs: HOUR_MS, goal: null, reached: 0 };
    const ahead = { ...held, clock };
    const saved = { ...ahead, savedRow: rowFingerprint(ahead) };
    expect(wake(saved, START_MS - HOUR_MS)).toEqual({
      type: 'wakeAt', realMs: START_MS - HOUR_MS + 60_000,
    });
    expect(wake(inService, START_MS)).toEqual({ type: 'wakeAt', realMs: END_MS });
  });

  it('sleep for ever where nothing is due', () => {
    expect(wake({ ...free(), halted: 'x' }, START_MS)).toEqual({ type: 'wakeAt', realMs: null });
  });
});
