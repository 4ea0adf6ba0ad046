import fc from 'fast-check';
import { LocalLease, Stopwatch } from '../../../client/leases/localLease.js';

/** A local lease: never more than was granted, never longer. */

function lease(size: number, lifeMs = 60_000): LocalLease {
  const quantities = { tokens: size };
  const request = { customer: 'acme', quantities };
  const expiresAt = new Date(Date.now() + lifeMs).toISOString();
  const asked = new Stopwatch();
  return new LocalLease({ id: 'L', request, quantities, expiresAt, lifeMs, asked });
}

const take = (from: LocalLease, tokens: number, id?: string) => from.take({ tokens }, id);

test('what is out and what is used never exceed it, in any order (property)', () => {
  const step = fc.record({ asked: fc.nat(60), used: fc.nat(60), ends: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const from = lease(500);
      let used = 0;
      const out: { readonly id: string; readonly tokens: number }[] = [];
      for (const { asked, used: wanted, ends } of steps) {
        const granted = take(from, asked);
        if (granted) out.push({ id: granted.id, tokens: asked });
        const ending = ends ? out.shift() : undefined;
        if (ending) {
          const actual = Math.min(wanted, ending.tokens);
          used += actual;
          from.settle(ending.id, { tokens: actual });
        }
        const held = out.reduce((sum, { tokens }) => sum + tokens, 0);
        expect(used + held + (from.free['tokens'] ?? 0)).toBe(500);
      }
    }),
  );
});

test('a use beyond what was reserved is taken off what is free', () => {
  const from = lease(100);
  const granted = take(from, 10);
  take(from, 10);
  from.settle(granted?.id ?? '', { tokens: 60 });
  expect(from.free).toEqual({ tokens: 30 });
  expect(take(from, 31)).toBeNull();
});

test('a second end of a reservation changes nothing', () => {
  const from = lease(100);
  const granted = take(from, 40);
  expect(from.settle(granted?.id ?? '', null)).toBe(true);
  expect(from.settle(granted?.id ?? '', null)).toBe(false);
  expect(from.free).toEqual({ tokens: 100 });
});

test.each([-1, 0.5, Number.NaN, 2 ** 53])('a quantity of %p is not handed out', (tokens) => {
  expect(take(lease(1_000), tokens)).toBeNull();
});

test('a meter that it does not hold, or an id that is out, is not handed out', () => {
  const from = lease(100);
  expect(from.take({ images: 1 })).toBeNull();
  expect(take(from, 1, 'r_1')?.id).toBe('r_1');
  expect(take(from, 1, 'r_1')).toBeNull();
});

test('each request takes 1 of a count meter: a commit keeps it, a release returns it', () => {
  const quantities = { tokens: 100, requests: 2 };
  const terms = { ...lease(100).terms, quantities };
  const from = new LocalLease(terms);
  const takes = () => from.take({ tokens: 10 }, undefined, ['requests']);
  const [first, second] = [takes(), takes()];
  expect([first?.quantities, takes()]).toEqual([{ tokens: 10 }, null]);
  from.settle(first?.id ?? '', { tokens: 10 });
  from.settle(second?.id ?? '', null);
  expect(from.free).toEqual({ tokens: 90, requests: 1 });
});

test('retired, it hands out no more and says what was left', () => {
  const from = lease(100);
  take(from, 30);
  expect(from.retire()).toEqual({ tokens: 70 });
  expect(take(from, 1)).toBeNull();
});

describe('its time', () => {
  const START = Date.parse('2026-03-01T00:00:00Z');

  beforeEach(() => jest.useFakeTimers({ now: START }));
  afterEach(() => jest.useRealTimers());

  test('hands out for the first half, so that its usage arrives while it lives', () => {
    const from = lease(100, 10_000);
    jest.advanceTimersByTime(4_999);
    expect(take(from, 1)).not.toBeNull();
    jest.advanceTimersByTime(1);
    expect([take(from, 1), from.isAlive]).toEqual([null, true]);
    jest.advanceTimersByTime(5_000);
    expect(from.isAlive).toBe(false);
  });

  test('a wall clock that runs ahead ends it, as after a suspended machine', () => {
    const from = lease(100, 10_000);
    jest.setSystemTime(START + 5_000);
    expect(take(from, 1)).toBeNull();
  });

  test('a wall clock that is set back does not prolong it', () => {
    const from = lease(100, 10_000);
    jest.advanceTimersByTime(5_000);
    jest.setSystemTime(START - 60_000);
    expect(take(from, 1)).toBeNull();
  });
});
