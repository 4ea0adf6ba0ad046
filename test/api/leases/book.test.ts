import type { HoldAnswer, HoldAsk } from '../../../billing/holds/asks.js';
import type { Quantities } from '../../../billing/log.js';
import { asked, Bench, KEY, settle } from './bench.js';

const NOW_MS = 500_000_000;

function grant(quantities: Quantities, lifeMs = 70_000, hold = 'l_00000000#1@1'): HoldAnswer {
  const expiresAtMs = NOW_MS + lifeMs;
  const times = { grantedAtMs: NOW_MS, expiresAtMs, since: 4 };
  return { type: 'granted', hold, quantities, ...times, limits: [] };
}

/** A process with a lease of so many tokens, just granted. */
async function holding(tokens: number, lifeMs?: number): Promise<Bench> {
  const bench = new Bench('always');
  expect(bench.book.take(asked(10))).toBeNull();
  bench.next().answer([grant({ input_tokens: tokens }, lifeMs)], NOW_MS);
  await settle();
  return bench;
}

/** Reservations of so many tokens until no more are granted. */
function takeAll(bench: Bench, tokens: number, most = 1_000): number {
  for (let count = 0; count < most; count += 1) {
    if (bench.book.take(asked(tokens)) === null) return count;
  }
  return most;
}

function only(asks: readonly HoldAsk[]): HoldAsk {
  expect(asks).toHaveLength(1);
  return asks[0] as HoldAsk;
}

const opened: Bench[] = [];
afterEach(async () => {
  for (const bench of opened.splice(0)) await bench.book.close(0);
});

function watched(bench: Bench): Bench {
  opened.push(bench);
  return bench;
}

describe('when a lease is asked for', () => {
  it('off: never; always: at the first ask; auto: from five asks a second on', () => {
    const off = watched(new Bench('off'));
    const always = watched(new Bench('always'));
    const auto = watched(new Bench('auto'));
    for (const bench of [off, always, auto]) takeAll(bench, 10, 1);
    expect([off.letters.length, always.letters.length, auto.letters.length]).toEqual([0, 1, 0]);
    for (let count = 0; count < 10; count += 1) {
      off.book.take(asked(10));
      auto.clock.pass(250);
      auto.book.take(asked(10));
    }
    expect([off.letters.length, auto.letters.length]).toEqual([0, 0]);
    for (let count = 0; count < 4; count += 1) auto.book.take(asked(10));
    expect(auto.letters).toHaveLength(1);
  });

  it('is sized by the pace: what comes in ten seconds, in requests of the mean size', () => {
    const bench = watched(new Bench('auto'));
    for (const tokens of [20, 20, 20, 20, 20]) bench.book.take(asked(tokens));
    expect(only(bench.next().asks)).toMatchObject({
      type: 'lease',
      atLeast: { input_tokens: 20 },
      upTo: { input_tokens: 20 * 50 },
      ttlMs: 70_000,
    });
  });

  it('waits half a second after a denial, and asks one at a time', async () => {
    const bench = watched(new Bench('always'));
    takeAll(bench, 10, 1);
    takeAll(bench, 10, 1);
    expect(bench.letters).toHaveLength(1);
    bench.next().answer([{ type: 'noLease' }], NOW_MS);
    await settle();
    bench.clock.pass(499);
    takeAll(bench, 10, 1);
    expect(bench.letters).toHaveLength(0);
    bench.clock.pass(1);
    takeAll(bench, 10, 1);
    expect(bench.letters).toHaveLength(1);
  });

  it('asks ahead when the newest is nearly used or nearly at its end', async () => {
    const bench = watched(await holding(100));
    expect(takeAll(bench, 10, 7)).toBe(7);
    expect(bench.letters).toHaveLength(0);
    takeAll(bench, 10, 1);
    expect(bench.letters).toHaveLength(1);
    const aging = watched(await holding(1_000));
    aging.clock.pass(7_900);
    takeAll(aging, 10, 1);
    expect(aging.letters).toHaveLength(0);
    aging.clock.pass(200);
    takeAll(aging, 10, 1);
    expect(aging.letters).toHaveLength(1);
  });

  it('goes on for as long as is asked: leases that are spent stand in no way', async () => {
    const bench = watched(new Bench('always'));
    let granted = 0;
    for (let serial = 1; serial <= 200; serial += 1) {
      const token = bench.book.take(asked(10));
      if (token) bench.book.settled(token, { input_tokens: 10 });
      if (token) granted += 1;
      const hold = `l_00000000#${serial}@1`;
      for (const letter of bench.letters.splice(0)) {
        letter.answer(letter.asks.map(() => grant({ input_tokens: 10 }, 70_000, hold)), NOW_MS);
      }
      await settle();
      bench.clock.pass(100);
      bench.book.sweep();
    }
    expect(granted).toBe(199);
  });

  it('asks again as it was where the answer was lost, and counts from the first ask', async () => {
    const bench = watched(new Bench('always'));
    takeAll(bench, 10, 1);
    const letter = bench.next();
    const { asks } = letter;
    letter.lose();
    await settle();
    expect(bench.faults).toHaveLength(1);
    bench.clock.pass(9_000);
    bench.book.sweep();
    const again = bench.next();
    expect(again.asks).toEqual(asks);
    again.answer([grant({ input_tokens: 100 })], NOW_MS);
    await settle();
    expect(takeAll(bench, 10, 1)).toBe(1);
    bench.clock.pass(1_000);
    expect(takeAll(bench, 10, 1)).toBe(0);
  });
});

describe('what is granted', () => {
  it('is never more than the lease, and a 1 in each count meter of it', async () => {
    const bench = watched(new Bench('always'));
    takeAll(bench, 10, 1);
    bench.next().answer([grant({ input_tokens: 1_000, requests: 3 })], NOW_MS);
    await settle();
    expect(takeAll(bench, 10)).toBe(3);
    const other = watched(await holding(45));
    expect(takeAll(other, 10)).toBe(4);
    expect(takeAll(other, 5)).toBe(1);
  });

  it('is of the same user, meters and named properties', async () => {
    const bench = watched(await holding(100));
    expect(bench.book.take(asked(1, { user: 'u' }))).toBeNull();
    expect(bench.book.take(asked(1, { named: { model: 'large' } }))).toBeNull();
    expect(bench.book.take(asked(1, { quantities: { output_tokens: 1 } }))).toBeNull();
    expect(bench.book.take(asked(1, { key: { ...KEY, customer: 'other' } }))).toBeNull();
    expect(bench.book.take(asked(1, { id: 'mine' }))).toBeNull();
    expect(bench.book.take(asked(1))).not.toBeNull();
  });

  it('tells all of itself, and ends before its lease does', async () => {
    const bench = watched(await holding(100));
    bench.clock.pass(1_234.5);
    const granted = bench.book.take(asked(10));
    expect(granted).toMatchObject({
      hold: 'l_00000000#1@1',
      isLeased: true,
      grantedAtMs: NOW_MS,
      since: 4,
      expiresAtMs: NOW_MS + 1_235 + 60_000,
    });
    expect(bench.book.named(KEY, granted?.id ?? '')).toEqual(granted);
    expect(bench.book.named({ ...KEY, customer: 'other' }, granted?.id ?? '')).toBeNull();
    expect(bench.book.take(asked(10, { ttlMs: 68_766 }))).toBeNull();
    expect(bench.book.take(asked(10, { ttlMs: 68_765 }))?.expiresAtMs).toBe(NOW_MS + 70_000);
  });

  it('ends ten seconds after the ask by the monotonic clock, and by the wall clock', async () => {
    for (const clock of ['monotonicMs', 'wallMs'] as const) {
      const bench = watched(await holding(100));
      bench.clock[clock] += 9_999;
      expect(takeAll(bench, 10, 1)).toBe(1);
      bench.clock[clock] += 1;
      expect(takeAll(bench, 10, 1)).toBe(0);
      bench.clock[clock] -= 5_000;
      expect(takeAll(bench, 10, 1)).toBe(0);
    }
  });

  it('counts the time of the answer: a process stopped meanwhile grants nothing', async () => {
    const bench = watched(new Bench('always'));
    takeAll(bench, 10, 1);
    bench.clock.pass(10_000);
    bench.next().answer([grant({ input_tokens: 100 })], NOW_MS);
    await settle();
    expect(takeAll(bench, 10, 1)).toBe(0);
  });
});

describe('what a settle leaves', () => {
  it('is handed out again by the owner, once the settle is durable, and once only', async () => {
    const bench = watched(await holding(100));
    const first = bench.book.take(asked(100));
    if (!first) throw new Error('not granted');
    expect(bench.book.owns(first)).toBe(true);
    expect(takeAll(bench, 1, 1)).toBe(0);
    bench.book.settled(first, { input_tokens: 70 });
    bench.book.settled(first, { input_tokens: 0 });
    expect(takeAll(bench, 1)).toBe(30);
  });

  it('is nothing where another process settled the token whole', async () => {
    const bench = watched(await holding(100));
    const first = bench.book.take(asked(100));
    if (!first) throw new Error('not granted');
    bench.book.settled(first, { input_tokens: 100 });
    expect(takeAll(bench, 1)).toBe(0);
  });

  it('is never that of a token that merely expired', async () => {
    const bench = watched(await holding(100));
    bench.book.take(asked(100, { ttlMs: 1_000 }));
    bench.clock.pass(5_000);
    bench.book.sweep();
    expect(takeAll(bench, 1, 1)).toBe(0);
  });

  it('belongs to nobody once the lease is handed out no more, or ended', async () => {
    const bench = watched(await holding(100));
    const first = bench.book.take(asked(50));
    if (!first) throw new Error('not granted');
    bench.clock.pass(10_000);
    expect(bench.book.owns(first)).toBe(false);
    bench.book.settled(first, {});
    expect(takeAll(bench, 1, 1)).toBe(0);
    const stranger = watched(new Bench('always'));
    expect(stranger.book.owns(first)).toBe(false);
  });
});
