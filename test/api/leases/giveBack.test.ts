import type { HoldAnswer } from '../../../billing/holds/asks.js';
import { asked, Bench, KEY, settle } from './bench.js';

const NOW_MS = 500_000_000;
const HOLD = 'l_00000000#1@1';

function grant(tokens: number): HoldAnswer {
  const times = { grantedAtMs: NOW_MS, expiresAtMs: NOW_MS + 70_000, since: 4 };
  const quantities = { input_tokens: tokens };
  return { type: 'granted', hold: HOLD, quantities, ...times, limits: [] };
}

function shrink(tokens: number) {
  return { type: 'shrink', hold: HOLD, size: { input_tokens: tokens } };
}

/** A process with a lease of 100 tokens, one of 30 taken out of it. */
async function holding() {
  const bench = new Bench('always');
  bench.book.take(asked(10));
  bench.next().answer([grant(100)], NOW_MS);
  await settle();
  const token = bench.book.take(asked(30));
  if (!token) throw new Error('not granted');
  return { bench, token };
}

describe('what is unused', () => {
  it('for half a second is given back, as an absolute size, and handed out no more', async () => {
    const { bench } = await holding();
    bench.clock.pass(499);
    bench.book.sweep();
    expect(bench.letters).toEqual([]);
    bench.clock.pass(1);
    bench.book.sweep();
    expect(bench.next().asks).toEqual([shrink(30)]);
    expect(bench.book.take(asked(1))).toBeNull();
    await bench.book.close(0);
  });

  it('at the end of the ten seconds is given back, however busy it was', async () => {
    const { bench } = await holding();
    for (let second = 0; second < 25; second += 1) {
      bench.clock.pass(400);
      bench.book.take(asked(1));
      bench.book.sweep();
    }
    const asks = bench.letters.flatMap((letter) => letter.asks);
    expect(asks.filter(({ type }) => type === 'shrink')).toEqual([shrink(54)]);
    await bench.book.close(0);
  });

  it('counts what was settled and what tokens hold, wherever they were settled', async () => {
    const { bench, token } = await holding();
    bench.book.take(asked(20));
    bench.book.settled(token, { input_tokens: 5 });
    bench.clock.pass(500);
    bench.book.sweep();
    expect(bench.next().asks).toEqual([shrink(25)]);
    await bench.book.close(0);
  });

  it('is told again with the same size until it is answered, and then no more', async () => {
    const { bench } = await holding();
    bench.clock.pass(500);
    bench.book.sweep();
    bench.next().lose();
    await settle();
    expect(bench.faults).toHaveLength(1);
    bench.clock.pass(500);
    bench.book.sweep();
    const again = bench.next();
    expect(again.asks).toEqual([shrink(30)]);
    again.answer([grant(30)], NOW_MS);
    await settle();
    bench.clock.pass(500);
    bench.book.sweep();
    expect(bench.letters).toEqual([]);
    await bench.book.close(0);
  });

  it('goes back at once where an exact ask needs it, before the workflow is told', async () => {
    const { bench } = await holding();
    const given = bench.book.giveBack(KEY);
    expect(bench.book.take(asked(1))).toBeNull();
    const letter = bench.next();
    expect(letter.asks).toEqual([shrink(30)]);
    letter.answer([grant(30)], NOW_MS);
    await given;
    expect(bench.letters).toEqual([]);
    await bench.book.giveBack({ ...KEY, customer: 'other' });
    await bench.book.close(0);
  });

  it('is told to the caller where the workflow could not be asked', async () => {
    const { bench } = await holding();
    const given = bench.book.giveBack(KEY);
    bench.next().lose();
    await expect(given).rejects.toThrow('no answer');
    await bench.book.close(0);
  });
});

describe('closing', () => {
  it('gives everything back and grants nothing any more', async () => {
    const { bench, token } = await holding();
    const closed = bench.book.close(10_000);
    const letter = bench.next();
    expect(letter.asks).toEqual([shrink(30)]);
    expect(bench.book.owns(token)).toBe(false);
    expect(bench.book.take(asked(1))).toBeNull();
    letter.answer([grant(30)], NOW_MS);
    await closed;
  });

  it('waits no longer than it may', async () => {
    const { bench } = await holding();
    await bench.book.close(1);
    expect(bench.letters).toHaveLength(1);
  });
});
