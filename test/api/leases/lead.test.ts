import { asked, Bench, settle } from './bench.js';

/** How early the next lease is asked for: decisions must not wait for it. */

const NOW_MS = 500_000_000;

/** Answers the only letter after so long, with a lease that is far from used up. */
async function answeredAfter(bench: Bench, ms: number): Promise<void> {
  const letter = bench.next();
  bench.clock.pass(ms);
  const times = { grantedAtMs: NOW_MS, expiresAtMs: NOW_MS + 70_000, since: 4 };
  const quantities = { input_tokens: 100_000 };
  const hold = 'l_00000000#1@1';
  letter.answer([{ type: 'granted', hold, quantities, ...times, limits: [] }], NOW_MS);
  await settle();
}

/** For how long a lease of this age is still handed out when the next one is asked for, ms. */
function leadMs(bench: Bench, ageMs: number): number {
  for (let leftMs = 10_000 - ageMs; leftMs > 0; leftMs -= 100) {
    bench.book.take(asked(10));
    if (bench.letters.length > 0) return leftMs;
    bench.clock.pass(100);
  }
  return 0;
}

it('asks the earlier, the slower the last answer was, and calms down again', async () => {
  const bench = new Bench('always');
  try {
    bench.book.take(asked(10));
    await answeredAfter(bench, 100);
    expect(leadMs(bench, 100)).toBe(2_000);
    await answeredAfter(bench, 1_500);
    expect(leadMs(bench, 1_500)).toBe(4_500);
    await answeredAfter(bench, 3_000);
    expect(leadMs(bench, 3_000)).toBe(6_000);
    await answeredAfter(bench, 0);
    expect(leadMs(bench, 0)).toBe(4_200);
  } finally {
    await bench.book.close(0);
  }
});
