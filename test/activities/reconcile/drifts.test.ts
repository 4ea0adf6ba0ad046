import fc from 'fast-check';
import { findDrifts } from '../../../activities/reconcile/drifts.js';
import type { ReportedUnits, Span } from '../../../billing/reconcile/usageComparison.js';

/** Drift at Stripe is found by sums of spans, and named down to the report of one minute. */

const START = Date.UTC(2026, 0, 31) / 1000;
const MONTH: Span = { fromSeconds: START, toSeconds: START + 31 * 86_400 };

/** What Stripe counted, by minute. */
type Counted = Map<number, number>;

function report(minute: number, value: number, more: Partial<ReportedUnits> = {}): ReportedUnits {
  const stampSeconds = START + minute * 60;
  const id = `dbl_${minute}`;
  return { id, value, stampSeconds, state: 'accepted', firstSentAtMs: 0, ...more };
}

function countedAs(reports: readonly ReportedUnits[]): Counted {
  return new Map(reports.map(({ stampSeconds, value }) => [stampSeconds, value]));
}

async function find(reports: readonly ReportedUnits[], counted: Counted, settledBeforeMs = 1) {
  let calls = 0;
  const read = ({ fromSeconds, toSeconds }: Span) => {
    calls += 1;
    const inside = [...counted].filter(([at]) => at >= fromSeconds && at < toSeconds);
    return Promise.resolve(inside.reduce((sum, [, value]) => sum + value, 0));
  };
  const drifts = await findDrifts({ read, reports, settledBeforeMs }, MONTH);
  return { drifts, calls };
}

test('where nothing differs one summary is enough', async () => {
  const reports = [report(0, 4_000_000), report(44_639, 6_000_000)];
  expect(await find(reports, countedAs(reports))).toEqual({ drifts: [], calls: 1 });
});

test('1 unit in 10 million is named by its minute, both ways, in few calls', async () => {
  const minute = fc.integer({ min: 0, max: 44_639 });
  const value = fc.integer({ min: 2, max: 10_000_000 });
  const minutes = fc.uniqueArray(minute, { minLength: 1, maxLength: 40 });
  const planted = fc.record({ minutes, value, at: minute, off: fc.constantFrom(1, -1) });
  const law = fc.asyncProperty(planted, async ({ minutes: all, value: each, at, off }) => {
    const reports = all.map((one) => report(one, each));
    const counted = countedAs(reports);
    const place = START + (off > 0 ? at : (all[0] ?? 0)) * 60;
    counted.set(place, (counted.get(place) ?? 0) + off);
    const { drifts, calls } = await find(reports, counted);
    const own = reports.find(({ stampSeconds }) => stampSeconds === place) ?? null;
    const span = { fromSeconds: place, toSeconds: place + 60 };
    expect(drifts).toMatchObject([{ span, report: own, found: counted.get(place) }]);
    expect(calls).toBeLessThanOrEqual(17);
  });
  await fc.assert(law, { numRuns: 200, seed: 7 });
});

test('too much and too little are named apart, unless the whole is right', async () => {
  const reports = [report(10, 100), report(20, 100)];
  const counted = countedAs(reports).set(START + 600, 99).set(START + 1200, 101);
  // Their sum is what is billed; it is right, so no difference is told.
  expect((await find(reports, counted)).drifts).toEqual([]);
  counted.set(START + 1200, 102);
  const found = (await find(reports, counted)).drifts.map(({ report: own }) => own?.id);
  expect(new Set(found)).toEqual(new Set(['dbl_10', 'dbl_20']));
});

test('what is on its way is no difference: just sent, or without an answer', async () => {
  const young = report(5, 700, { firstSentAtMs: 2_000 });
  const sent = report(6, 40, { state: 'sent' });
  const settled = report(7, 9);
  const reports = [young, sent, settled];
  for (const seen of [[settled], [settled, young], [settled, sent], [settled, young, sent]]) {
    expect((await find(reports, countedAs(seen), 1_000)).drifts).toEqual([]);
  }
  const { drifts } = await find(reports, countedAs([young]), 1_000);
  expect(drifts).toMatchObject([{ found: 0, report: { id: 'dbl_7' } }]);
});

test('many drifts are told as spans beyond the first ones, with a bound on calls', async () => {
  const reports = Array.from({ length: 400 }, (_, index) => report(index * 100, 5));
  const { drifts, calls } = await find(reports, new Map());
  expect(calls).toBeLessThanOrEqual(80);
  const missing = drifts.reduce((sum, { bounds, found }) => sum + bounds.least - found, 0);
  expect(missing).toBe(2_000);
});
