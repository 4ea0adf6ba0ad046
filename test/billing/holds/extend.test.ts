import { cellOf } from '../../../billing/cells.js';
import type { Quantities } from '../../../billing/log.js';
import type { CustomerState } from '../../../billing/state.js';
import { dueFences } from '../../../billing/holds/fences.js';
import { ask, customer, DAILY, decideOne, grantOne, leaseAsk, NOON_MS, planWith } from './world.js';
import { type granted, inTwoPeriods, tokens } from './world.js';

const MIDNIGHT_MS = Date.UTC(2026, 10, 11);
const extend = (id: string, more: { ttlMs?: number; quantities?: Quantities } = {}) =>
  ({ type: 'extend', id, ...more }) as const;

describe('extend', () => {
  let state: CustomerState;
  let grant: ReturnType<typeof granted>;
  beforeEach(() => {
    ({ state, grant } = grantOne(customer(), ask('r0', 51)));
  });

  it('lets a hold live so long from now, longer or shorter', () => {
    const longer = decideOne(state, extend('r0', { ttlMs: 300_000 }), NOON_MS + 10_000);
    expect(longer.answer).toMatchObject({ ...grant, expiresAtMs: NOON_MS + 310_000 });
    const shorter = decideOne(longer.state, extend('r0', { ttlMs: 1_000 }), NOON_MS + 10_000);
    expect(shorter.answer).toMatchObject({ ...grant, expiresAtMs: NOON_MS + 11_000 });
    expect(dueFences(shorter.state, NOON_MS + 15_000, 'x').fences).toHaveLength(1);
    expect(dueFences(longer.state, NOON_MS + 60_000, 'x').nextAtMs).toBe(NOON_MS + 310_000);
  });

  it('changes nothing where nothing is asked', () => {
    expect(decideOne(state, extend('r0'))).toEqual({ state, answer: grant });
    expect(decideOne(state, extend('r0', { ttlMs: 60_000 })).state).toBe(state);
  });

  it('holds what is to be held in all; a repeat is harmless', () => {
    const more = decideOne(state, extend('r0', { quantities: tokens(79) }));
    expect(more.answer).toMatchObject({ hold: grant.hold, quantities: tokens(79) });
    expect(more.answer).toMatchObject({ limits: [{ held: 79 }] });
    expect(decideOne(more.state, extend('r0', { quantities: tokens(79) })).state).toBe(more.state);
  });

  it('never falls, as the larger token may be out', () => {
    const less = decideOne(state, extend('r0', { quantities: tokens(10) }));
    expect(less).toEqual({ state, answer: grant });
  });

  it('takes in meters that were not held', () => {
    const more = decideOne(state, extend('r0', { quantities: { images: 0 } }));
    expect(more.answer).toMatchObject({ quantities: { input_tokens: 51, images: 0 } });
  });

  it('grows only where there is room, and denied changes nothing', () => {
    const full = grantOne(state, ask('r1', 440)).state;
    const fits = decideOne(full, extend('r0', { quantities: tokens(60) }));
    expect(fits.answer.type).toBe('granted');
    const beyond = decideOne(full, extend('r0', { quantities: tokens(61), ttlMs: 9_000 }));
    expect(beyond.answer).toMatchObject({
      type: 'denied',
      denial: { code: 'held_by_concurrent_requests' },
    });
    expect(beyond.state).toBe(full);
  });

  it('is 1 in a count that its new meters reach', () => {
    const shots = { id: 'shots', meters: ['shots'], window: 'day', scope: 'customer' } as const;
    const meters = {
      input_tokens: { name: 'In', unit: 'token', aggregation: 'sum' },
      tokens: { name: 'Tokens', unit: 'token', aggregation: 'sum', of: ['input_tokens'] },
      images: { name: 'Images', unit: 'image', aggregation: 'sum' },
      shots: { name: 'Shots', unit: 'shot', aggregation: 'count', of: ['images'] },
    } as const;
    const under = (max: number) => {
      const plan = planWith([DAILY, { ...shots, max }], {}, meters);
      const held = grantOne(customer(plan), ask('r0', 51)).state;
      return decideOne(held, extend('r0', { quantities: { images: 7 } })).answer.type;
    };
    expect(under(0)).toBe('denied');
    expect(under(1)).toBe('granted');
  });

  it('is refused once a fence that lists the hold is on its way', () => {
    const ending = dueFences(state, NOON_MS + 60_000, 'x').state;
    const asked = extend('r0', { quantities: tokens(79) });
    expect(decideOne(ending, asked, NOON_MS + 60_001)).toEqual({
      state: ending,
      answer: { type: 'later', reason: 'r0 is about to end' },
    });
  });

  it('past its time, but not fenced yet, still lives', () => {
    const late = decideOne(state, extend('r0', { ttlMs: 60_000 }), NOON_MS + 64_000);
    expect(late.answer).toMatchObject({ expiresAtMs: NOON_MS + 124_000 });
    expect(dueFences(late.state, NOON_MS + 65_000, 'x').fences).toEqual([]);
  });

  it('knows only what is open, and no lease', () => {
    expect(decideOne(state, extend('r9'))).toEqual({ state, answer: { type: 'gone' } });
    const leased = grantOne(state, leaseAsk('l1', 1, 9)).state;
    expect(decideOne(leased, extend('l1')).answer).toEqual({ type: 'conflict' });
  });
});

describe('a hold whose window has turned', () => {
  it('can not grow: the growth would be dated where nobody judged it', () => {
    const before = grantOne(customer(), ask('r0', 51), MIDNIGHT_MS - 1).state;
    const asked = extend('r0', { quantities: tokens(52) });
    expect(decideOne(before, asked, MIDNIGHT_MS)).toEqual({
      state: before,
      answer: { type: 'turned' },
    });
    const same = grantOne(customer(), ask('r0', 51), MIDNIGHT_MS).state;
    expect(decideOne(same, asked, MIDNIGHT_MS + 1).answer.type).toBe('granted');
    expect(decideOne(before, asked, MIDNIGHT_MS - 1).answer.type).toBe('granted');
  });

  it('of a period that began after its grant, neither', () => {
    const plan = planWith([{ ...DAILY, window: 'lifetime' }]);
    const { state } = grantOne(customer(plan), ask('r0', 51));
    const asked = extend('r0', { quantities: tokens(52) });
    const after = (startMs: number) =>
      decideOne(inTwoPeriods(state, startMs), asked, NOON_MS + 60_001).answer.type;
    expect(after(NOON_MS + 60_000)).toBe('turned');
    expect(after(NOON_MS + 1)).toBe('turned');
    expect(after(NOON_MS)).toBe('granted');
  });

  it('of a customer whose periods are gone is refused like any ask', () => {
    const { state } = grantOne(customer(), ask('r0', 51));
    const none = { ...state, segments: [], status: 'canceled' as const };
    const asked = extend('r0', { quantities: tokens(52) });
    expect(decideOne(none, asked).answer).toMatchObject({
      type: 'denied',
      denial: { code: 'customer_canceled' },
    });
  });

  it('lives longer all the same', () => {
    const before = grantOne(customer(), ask('r0', 51), MIDNIGHT_MS - 1).state;
    const longer = decideOne(before, extend('r0', { ttlMs: 90_000 }), MIDNIGHT_MS + 1);
    expect(longer.answer).toMatchObject({ expiresAtMs: MIDNIGHT_MS + 90_001 });
  });

  it('waits with growth after a rebuild, unless it is a settle\'s', () => {
    const waiting = customer(undefined, { servingFromMs: NOON_MS + 70_000 });
    const grown = (counts: boolean) => {
      const held = grantOne(waiting, ask('r0', 51, { forSettle: true, counts })).state;
      return decideOne(held, extend('r0', { quantities: tokens(52) })).answer.type;
    };
    expect(grown(true)).toBe('later');
    expect(grown(false)).toBe('granted');
    expect(cellOf(waiting.holds.open, 'r0')).toBeUndefined();
  });
});
