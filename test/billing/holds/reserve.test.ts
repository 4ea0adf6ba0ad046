import { cellOf } from '../../../billing/cells.js';
import { decide } from '../../../billing/holds/decide.js';
import { dueFences } from '../../../billing/holds/fences.js';
import { ask, customer, DAILY, decideOne, granted, grantOne, leaseAsk, NOON_MS } from './world.js';
import { planWith } from './world.js';

describe('reserve', () => {
  it('grants a hold named by its grant, dated now, that knows what was folded', () => {
    const { state, grant } = grantOne(customer(undefined, { serial: 3 }), ask('r0', 100));
    expect(grant).toMatchObject({
      hold: 'r0#4@5',
      quantities: { input_tokens: 100 },
      grantedAtMs: NOON_MS,
      expiresAtMs: NOON_MS + 60_000,
      since: 7,
    });
    expect(grant.limits).toMatchObject([{ id: 'daily', used: 0, held: 100, remaining: 400 }]);
    expect(state.holds.serial).toBe(4);
    expect(cellOf(state.holds.open, 'r0')).toMatchObject({
      kind: 'reservation',
      revision: 3,
      settled: {},
      pins: [],
      ending: false,
      holder: null,
    });
  });

  it('shows the limits of its user and its properties', () => {
    const plan = planWith([
      { ...DAILY, id: 'user', scope: 'user' },
      { ...DAILY, id: 'team', scope: 'property:team' },
    ]);
    const asked = ask('r0', 1, { user: 'u1', properties: { team: 'a' } });
    const { grant } = grantOne(customer(plan), asked);
    expect(grant.limits.map(({ id, key, held }) => [id, key, held])).toEqual([
      ['user', 'u1', 1],
      ['team', 'a', 1],
    ]);
  });

  it('lets each ask see the ones before it', () => {
    const asks = [ask('a', 300), ask('b', 300), ask('c', 200), ask('d', 1)];
    const { answers } = decide(customer(), asks, NOON_MS);
    expect(answers.map(({ type }) => type)).toEqual(['granted', 'denied', 'granted', 'denied']);
  });

  it('grants exactly 6 of 20 times 75 against 500', () => {
    const asks = Array.from({ length: 20 }, (_, n) => ask(`r${n}`, 75));
    const { answers } = decide(customer(), asks, NOON_MS);
    expect(answers.filter(({ type }) => type === 'granted')).toHaveLength(6);
    const codes = answers.flatMap((answer) =>
      answer.type === 'denied' ? [answer.denial.code] : [],
    );
    expect(codes).toEqual(Array(14).fill('held_by_concurrent_requests'));
  });

  it('denied changes nothing at all', () => {
    const { state } = grantOne(customer(), ask('a', 300));
    expect(decideOne(state, ask('b', 201)).state).toBe(state);
  });

  it('repeated is the same grant, however often and whatever the limit says now', () => {
    const { state, grant } = grantOne(customer(), ask('a', 500));
    const again = decideOne(state, ask('a', 500), NOON_MS + 1000);
    expect(again.state).toBe(state);
    expect(again.answer).toEqual(grant);
  });

  it('with another body under an open id is a conflict', () => {
    const { state } = grantOne(customer(), ask('a', 100));
    expect(decideOne(state, ask('a', 101))).toEqual({ state, answer: { type: 'conflict' } });
    expect(decideOne(state, leaseAsk('a', 1, 1)).answer).toEqual({ type: 'conflict' });
  });

  it('is answered as it stands while its end is on the way; for a settle only later', () => {
    const { state, grant } = grantOne(customer(), ask('a', 100));
    const ending = dueFences(state, NOON_MS + 60_000, 'x').state;
    const again = decideOne(ending, ask('a', 100), NOON_MS + 60_001);
    expect(granted(again.answer).hold).toBe(grant.hold);
    const settle = decideOne(ending, ask('a', 100, { forSettle: true }), NOON_MS + 60_001);
    expect(settle.answer).toEqual({ type: 'later', reason: 'a is about to end' });
    expect(settle.state).toBe(ending);
  });
});

describe('count meters', () => {
  const plan = planWith([
    { ...DAILY, max: 1_000_000 },
    { id: 'rate', meters: ['requests'], max: 2, window: 'day', scope: 'customer' },
  ]);

  it('a reservation is one, an extra of a settle none', () => {
    const forSettle = { forSettle: true };
    const asks = [ask('a', 1), ask('b', 1), ask('c', 1), ask('a+1', 1, forSettle)];
    const { answers } = decide(customer(plan), asks, NOON_MS);
    expect(answers.map(({ type }) => type)).toEqual(['granted', 'granted', 'denied', 'granted']);
  });

  it('what replaces a hold that carried the 1 is one again', () => {
    const replacing = { forSettle: true, counts: true };
    const asks = [ask('a', 1), ask('b', 1), ask('c', 1, replacing)];
    const { state, answers } = decide(customer(plan), asks, NOON_MS);
    expect(answers.map(({ type }) => type)).toEqual(['granted', 'granted', 'denied']);
    expect(cellOf(state.holds.open, 'a')?.kind).toBe('reservation');
    const free = decideOne(customer(plan), ask('c', 1, replacing)).state;
    expect(cellOf(free.holds.open, 'c')?.kind).toBe('reservation');
    const extra = decideOne(customer(plan), ask('c', 1, { counts: false })).state;
    expect(cellOf(extra.holds.open, 'c')?.kind).toBe('extra');
  });
});

describe('not in service', () => {
  const every = [
    ask('a', 1),
    leaseAsk('b', 1, 1),
    { type: 'extend', id: 'c' } as const,
    { type: 'shrink', hold: 'd#1@5', size: {} } as const,
  ];

  it.each([
    ['without an epoch of its own', customer(undefined, { epoch: null })],
    ['halted', customer(undefined, {}, { halted: 'a number is missing' })],
    ['without a plan', customer(undefined, {}, { plan: null })],
    ['with a plan it does not know', customer(undefined, {}, { snapshots: {} })],
  ])('%s it answers nothing', (_name, state) => {
    const decided = decide(state, every, NOON_MS);
    expect(decided.state).toBe(state);
    expect(decided.answers.map(({ type }) => type)).toEqual(Array(4).fill('later'));
  });

  it('says why', () => {
    const reason = (state: ReturnType<typeof customer>) => {
      const { answer } = decideOne(state, ask('a', 1));
      return answer.type === 'later' ? answer.reason : null;
    };
    expect(reason(customer(undefined, { epoch: null }))).toContain('epoch');
    expect(reason(customer(undefined, {}, { halted: 'x' }))).toContain('halted');
    expect(reason(customer(undefined, {}, { plan: null }))).toContain('plan');
  });
});

describe('after a rebuild', () => {
  const waiting = customer(undefined, { servingFromMs: NOON_MS });

  it('only what a settle needs is granted, for as long as a lease may live', () => {
    const asks = [ask('a', 1), leaseAsk('b', 1, 20), ask('c', 1, { forSettle: true })];
    const { answers } = decide(waiting, asks, NOON_MS - 1);
    expect(answers.map(({ type }) => type)).toEqual(['later', 'later', 'granted']);
    expect(answers[0]).toEqual({ type: 'later', reason: 'leases of an older epoch may live' });
    expect(decideOne(waiting, ask('a', 1), NOON_MS).answer.type).toBe('granted');
  });

  it('nothing else is granted before the clock was looked at', () => {
    const unknown = customer(undefined, { servingFromMs: null });
    expect(decideOne(unknown, ask('a', 1)).answer.type).toBe('later');
    expect(decideOne(unknown, ask('a', 1, { forSettle: true })).answer.type).toBe('granted');
  });
});

describe('many', () => {
  it('10,000 holds are the most that are open at once', () => {
    const { state } = grantOne(customer(), ask('a', 1));
    const crowd = (size: number) => {
      const open = { ...state.holds.open, size };
      return { ...state, holds: { ...state.holds, open } };
    };
    expect(decideOne(crowd(9_999), ask('b', 1)).answer.type).toBe('granted');
    const { answer } = decideOne(crowd(10_000), ask('b', 1, { forSettle: true }));
    expect(answer).toEqual({ type: 'later', reason: '10000 holds are open' });
  });
});
