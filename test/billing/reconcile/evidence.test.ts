import { evidenceLine, evidenceSteps } from '../../../billing/reconcile/evidence.js';
import type { Ground, ReportsShown } from '../../../billing/reconcile/explanation.js';
import { ratedUsage } from '../../../billing/reconcile/usageLine.js';
import type { LogEntry } from '../../../billing/log.js';
import { PREPAID, PRO } from '../contractCatalogue.js';
import { read, segmentOf, textsOf } from './ground.js';
import { event, MemoryLog, START_MS, voided } from './memoryLog.js';

/** What stands behind a meter's lines: reports at Stripe, days, events of the log. */

const DAY_MS = 86_400_000;
const EVENT_MS = START_MS + DAY_MS + 90_000;

function grounded(plan: typeof PRO, ...groups: readonly (readonly LogEntry[])[]): Ground {
  const log = MemoryLog.of(plan);
  for (const entries of groups) log.add(entries);
  return read(log);
}

function stepsOf(ground: Ground, meter: string, late = false) {
  const usage = ratedUsage(ground, segmentOf(ground.state), meter);
  if (!usage) throw new Error(`no price of ${meter}`);
  return evidenceSteps(ground, usage, late);
}

function reported(shown: Partial<ReportsShown>, plan = PRO): Ground {
  const reports = { count: 1, acceptedUnits: 0, otherUnits: 0, shown: [], ...shown };
  return { ...grounded(plan), reportsOf: () => reports };
}

const REPORT = {
  id: 'dbl_1',
  value: 1_234_567,
  stampSeconds: EVENT_MS / 1000 - 30,
  state: 'accepted',
  firstSentAtMs: 0,
  receipt: 1_234_567,
} as const;

test('reports are summed up, then told one by one with what Stripe has counted', () => {
  const figures = { reports: 1, acceptedUnits: 1_234_567, otherUnits: 0 };
  const line = 'usage of tokens';
  expect(stepsOf(reported({ acceptedUnits: 1_234_567, shown: [REPORT] }), 'tokens')).toEqual([
    { line, step: 'reports', text: '1 report: Stripe accepted 1,234,567', figures },
    {
      line,
      step: 'report',
      text: 'dbl_1 at 2026-01-02T00:01Z: 1,234,567, accepted, receipt 1,234,567',
      figures: {
        identifier: 'dbl_1',
        stamp: '2026-01-02T00:01:00.000Z',
        value: 1_234_567,
        state: 'accepted',
        receipt: 1_234_567,
      },
    },
  ]);
});

test('what Stripe has not accepted is told apart, receipts only where they were asked for', () => {
  const shown = [{ ...REPORT, state: 'sent', receipt: null }] as const;
  const steps = stepsOf(reported({ count: 1200, otherUnits: 1000, shown }), 'tokens');
  expect(steps.map(({ text }) => text)).toEqual([
    '1,200 reports: Stripe accepted 0, 1,000 not accepted',
    'dbl_1 at 2026-01-02T00:01Z: 1,234,567, sent',
  ]);
});

test('reports are asked for by period and meter, and not for late usage', () => {
  const asked: unknown[] = [];
  const ground = reported({});
  const reportsOf: Ground['reportsOf'] = (...names) => {
    asked.push(names);
    return ground.reportsOf(...names);
  };
  stepsOf({ ...ground, reportsOf }, 'images');
  expect(stepsOf({ ...ground, reportsOf }, 'images', true)).toEqual([]);
  expect(asked).toEqual([[0, 'images']]);
});

test('days, then the newest entries, each with where it stands in the log', () => {
  const taken = event('a', EVENT_MS, { input_tokens: 2000 });
  const ground = grounded(
    PRO,
    [taken, event('b', EVENT_MS, { input_tokens: 500 })],
    [event('c', EVENT_MS + DAY_MS, { output_tokens: 1500 })],
    [voided(taken)],
  );
  const steps = stepsOf(ground, 'tokens').filter(({ step }) => step !== 'reports');
  expect(textsOf(steps, 'usage of tokens', 'day', 'event')).toEqual([
    '2026-01-02: 3 entries, 500',
    '2026-01-03: 1 entry, 1,500',
    'b (usage, log number 3) 2026-01-02T00:01Z: 500',
    'c (usage, log number 4) 2026-01-03T00:01Z: 1,500',
    'void/a (void, log number 5) 2026-01-02T00:01Z: -2,000',
  ]);
  const [day] = steps;
  expect(day).toMatchObject({ figures: { day: '2026-01-02', entries: 3, quantity: 500 } });
  expect(steps.at(-1)).toMatchObject({
    step: 'event',
    figures: {
      event: 'void/a',
      kind: 'void',
      number: 5,
      at: '2026-01-02T00:01:00.000Z',
      quantity: -2000,
    },
  });
});

test('credits are shown in credits', () => {
  const ground = grounded(PREPAID, [event('a', EVENT_MS, { images: 3, output_tokens: 1 })]);
  expect(textsOf(stepsOf(ground, 'credits'), 'usage of credits', 'reports', 'day')).toEqual([
    '0 reports: Stripe accepted 0 credits',
    '2026-01-02: 1 entry, 15.001 credits',
  ]);
});

test('late usage stands under a name of its own, without what was in time', () => {
  const log = MemoryLog.of(PRO);
  log.add([event('a', EVENT_MS, { input_tokens: 5 })]);
  log.close(0);
  log.add([event('b', EVENT_MS, { input_tokens: 7 })]);
  const ground = read(log);
  expect(segmentOf(ground.state).frozen).toBe(true);
  expect(stepsOf(ground, 'tokens', true).map(({ line, text }) => [line, text])).toEqual([
    ['late usage of tokens', '2026-01-02: 1 entry, 7'],
    ['late usage of tokens', 'b (usage, log number 5) 2026-01-02T00:01Z: 7'],
  ]);
  expect([evidenceLine('a', true), evidenceLine('a', false)]).toEqual([
    'late usage of a',
    'usage of a',
  ]);
});
