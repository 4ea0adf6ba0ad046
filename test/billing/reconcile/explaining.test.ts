import fc from 'fast-check';
import type { Plan } from '../../../billing/catalogue.js';
import { changeSegment } from '../../../billing/customer/periods/segments.js';
import type { InvoiceLine } from '../../../billing/invoice.js';
import type { LogEntry } from '../../../billing/log.js';
import { billableQuantity } from '../../../billing/meters.js';
import { explainInvoice } from '../../../billing/reconcile/explainInvoice.js';
import { PREPAID, PRO } from '../contractCatalogue.js';
import { invoiceOf, lineOf, read, textsOf } from './ground.js';
import { event, MemoryLog, START_MS, voided } from './memoryLog.js';

/** From the lines of an invoice to the entries of the log and back: the same numbers. */

const DAY_MS = 86_400_000;

/** All four kinds of price, and flat amounts. */
const EVERY_PRICE: Plan = {
  ...PRO,
  prices: {
    ...PRO.prices,
    input_tokens: { type: 'perUnit', included: 500, unitAmountMinor: '0.00125' },
    output_tokens: {
      type: 'graduated',
      tiers: [
        { upTo: 100_000, unitAmountMinor: '0.0004', flatAmountMinor: 500 },
        { upTo: 'inf', unitAmountMinor: '0.0002' },
      ],
    },
    requests: {
      type: 'volume',
      included: 5,
      tiers: [
        { upTo: 100, unitAmountMinor: '9.5' },
        { upTo: 'inf', unitAmountMinor: '8' },
      ],
    },
  },
};

const usage = fc.record({
  day: fc.integer({ min: 0, max: 30 }),
  meter: fc.constantFrom('input_tokens', 'output_tokens', 'images'),
  quantity: fc.integer({ min: 1, max: 3_000_000 }),
  model: fc.constantFrom('small', 'large'),
  taken: fc.integer({ min: 0, max: 9 }),
});
const history = fc.array(fc.array(usage, { maxLength: 6 }), { maxLength: 12 });

function written(plan: Plan, groups: readonly (readonly UsageOf[])[]): MemoryLog {
  const log = MemoryLog.of(plan);
  for (const [place, group] of groups.entries()) {
    const entries: LogEntry[] = group.map(({ day, meter, quantity, model }, index) => {
      const atMs = START_MS + DAY_MS * day + 60_000 * index;
      return event(`e-${place}-${index}`, atMs, { [meter]: quantity }, { model });
    });
    if (entries.length > 0) log.add(entries);
    const taken = entries.filter((_, index) => group[index]?.taken === 0);
    if (taken.length > 0) log.add(taken.map(voided));
  }
  log.close(0);
  return log;
}

type UsageOf = typeof usage extends fc.Arbitrary<infer Value> ? Value : never;

test.each([['every kind of price', EVERY_PRICE], ['credits', PREPAID]] as const)(
  'every line of %s comes out the same from the entries, whatever was used and taken back',
  (_, plan) => {
    const law = fc.property(history, (groups) => {
      const ground = read(written(plan, groups));
      const { state, tally } = ground;
      const invoice = invoiceOf(state);
      const { steps, equal } = explainInvoice(ground, invoice, invoice.lines);
      const checks = steps.filter(({ step }) => step === 'check');
      expect(checks.filter(({ figures }) => !figures['equal'])).toEqual([]);
      expect(equal).toBe(true);
      const meters = Object.values(state.snapshots)[0]?.meters ?? {};
      for (const [meter, total] of Object.entries(state.segments[0]?.totals ?? {})) {
        const definition = meters[meter];
        if (!definition || !plan.prices?.[meter]) continue;
        const { days } = tally.of(0, meter, false);
        const sum = days.reduce((all, day) => all + billableQuantity(definition, day.total), 0);
        expect([meter, sum]).toEqual([meter, billableQuantity(definition, total)]);
      }
    });
    fc.assert(law, { numRuns: 40, seed: 11 });
  },
);

function oneLine(change: (line: InvoiceLine) => InvoiceLine) {
  const log = MemoryLog.of(PRO);
  log.add([event('a', START_MS + DAY_MS, { input_tokens: 2_000_000 })]);
  log.add([event('b', START_MS + 2 * DAY_MS, { output_tokens: 345_678 })]);
  log.close(0);
  const ground = read(log);
  const invoice = invoiceOf(ground.state);
  const lines = invoice.lines.map((line) => (line.ref === 'tokens/tier-2' ? change(line) : line));
  return explainInvoice(ground, { ...invoice, lines }, lines);
}

test('the steps of a line read as the arithmetic that they are', () => {
  const { steps, equal } = oneLine((line) => line);
  const kinds = ['price', 'quantity', 'arithmetic', 'rounding', 'check'] as const;
  expect(textsOf(steps, 'tokens/tier-2', ...kinds)).toEqual([
    'plan@1: tokens is graduated, 0.0005 a unit here',
    '2 entries so far: 2,345,678 tokens; here 1,345,678',
    '1,345,678 x 0.0005 = 672.839',
    '672.839 is 673, half away from zero',
    'computed anew 673, the same as the line',
  ]);
  expect(textsOf(steps, 'usage of tokens', 'day', 'event')).toEqual([
    '2026-01-02: 1 entry, 2,000,000',
    '2026-01-03: 1 entry, 345,678',
    'a (usage, log number 3) 2026-01-02T00:00Z: 2,000,000',
    'b (usage, log number 4) 2026-01-03T00:00Z: 345,678',
  ]);
  expect(textsOf(steps, 'base', 'arithmetic')).toEqual([
    '1 x 2900, plan@1 from 2026-02-01 in advance',
  ]);
  expect(equal).toBe(true);
});

test.each([
  ['an amount that is a cent off', (line: InvoiceLine) => ({ ...line, amountMinor: 674 })],
  ['a unit too much', (line: InvoiceLine) => ({ ...line, quantity: 1_345_679 })],
  ['another unit price', (line: InvoiceLine) => ({ ...line, unitAmountMinor: '0.0006' })],
])('%s does not come out', (_, change) => {
  expect(oneLine(change).equal).toBe(false);
});

test('lines that agree with a fold that its own entries contradict do not come out', () => {
  const log = MemoryLog.of(PRO);
  log.add([event('a', START_MS + DAY_MS, { input_tokens: 10_000_000 })]);
  const ground = read(log);
  const tokens = { quantity: 10_000_001, count: 1, max: 10_000_001, last: null };
  const bent = changeSegment(ground.state, 0, { totals: { tokens } });
  const invoice = invoiceOf(bent);
  expect(explainInvoice({ ...ground, state: bent }, invoice, invoice.lines).equal).toBe(false);
});

test('late usage costs what both quantities together cost more', () => {
  const log = MemoryLog.of(PRO);
  log.add([event('a', START_MS + DAY_MS, { input_tokens: 1_200_000 })]);
  log.close(0);
  log.add([event('b', START_MS + DAY_MS, { input_tokens: 501_000 })]);
  const ground = read(log);
  const invoice = invoiceOf(ground.state);
  const explained = (amountMinor: number) => {
    const line = lineOf('late/tokens', { meter: 'tokens', quantity: 501_000, amountMinor });
    return explainInvoice(ground, { ...invoice, lines: [line] }, [line]);
  };
  // 701,000 at 0.0005 is 351 (350.5 rounded), 200,000 is 100.
  expect(explained(251).equal).toBe(true);
  expect(explained(250).equal).toBe(false);
  const events = explained(251).steps.filter(({ step }) => step === 'event');
  expect(events.map(({ figures }) => figures['event'])).toEqual(['b']);
});
