import type { Meter, Plan } from '../../../billing/catalogue.js';
import { changeSegment } from '../../../billing/customer/periods/segments.js';
import type { InvoiceLine } from '../../../billing/invoice.js';
import { explainInvoice } from '../../../billing/reconcile/explainInvoice.js';
import type { Ground } from '../../../billing/reconcile/explanation.js';
import { METERS, PREPAID, PRO } from '../contractCatalogue.js';
import { groundOf, invoiceOf, lineOf, read, segmentOf, textsOf } from './ground.js';
import { event, MemoryLog, START_MS } from './memoryLog.js';

/** All lines of an invoice, then what stands behind each of their meters, once. */

/** Two lines and a flat amount for tokens. */
const TIERED: Plan = {
  ...PRO,
  prices: {
    tokens: {
      type: 'graduated',
      tiers: [
        { upTo: 100, unitAmountMinor: '1', flatAmountMinor: 500 },
        { upTo: 'inf', unitAmountMinor: '2' },
      ],
    },
    images: { type: 'package', size: 10, packageAmountMinor: '100' },
  },
};

function tiered(): Ground {
  const log = MemoryLog.of(TIERED);
  log.add([event('a', START_MS, { input_tokens: 150, images: 3 })]);
  log.close(0);
  log.add([event('b', START_MS, { input_tokens: 7 })]);
  return read(log);
}

function explained(ground: Ground, lines = invoiceOf(ground.state).lines) {
  return explainInvoice(ground, { ...invoiceOf(ground.state), lines }, lines);
}

function changedLine(ref: string, change: Partial<InvoiceLine>) {
  const { lines } = invoiceOf(tiered().state);
  expect(lines.map((line) => line.ref)).toContain(ref);
  return lines.map((line) => (line.ref === ref ? { ...line, ...change } : line));
}

test('lines come first in their order, then each meter with its check, days and events', () => {
  const { steps, equal } = explained(tiered());
  const order = [...new Set(steps.map(({ line }) => line))];
  expect(order).toEqual([
    'tokens/tier-1',
    'tokens/tier-1/flat',
    'tokens/tier-2',
    'images',
    'base',
    'usage of tokens',
    'usage of images',
  ]);
  const behind = steps.filter(({ line }) => line === 'usage of tokens');
  expect(behind.map(({ step }) => step)).toEqual(['check', 'reports', 'day', 'event']);
  expect(behind[0]).toEqual({
    line: 'usage of tokens',
    step: 'check',
    text: 'entries add up to 150, 150 are billed, the lines of tokens rate 150',
    figures: { used: 150, folded: 150, billed: '150', onLines: '150', equal: true },
  });
  expect(equal).toBe(true);
});

test('one line that does not come out is enough, whichever it is', () => {
  for (const ref of ['tokens/tier-1', 'images', 'base']) {
    expect(explained(tiered(), changedLine(ref, { amountMinor: 1 })).equal).toBe(false);
  }
});

test('lines that leave units of their meter out do not come out, though each is right', () => {
  const { lines } = invoiceOf(tiered().state);
  const without = lines.filter(({ ref }) => ref !== 'tokens/tier-2');
  const { steps, equal } = explained(tiered(), without);
  expect(textsOf(steps, 'usage of tokens', 'check')).toEqual([
    'entries add up to 150, 150 are billed, the lines of tokens rate 100: NOT EQUAL',
  ]);
  expect(equal).toBe(false);
  expect(textsOf(steps, 'usage of images', 'check')).toEqual([
    'entries add up to 3, 3 are billed, the lines of images rate 3',
  ]);
});

test('a fold that its own entries contradict does not come out', () => {
  const { state, tally } = tiered();
  const images = { quantity: 4, count: 1, max: 4, last: null };
  const { totals } = segmentOf(state);
  const bent = groundOf(changeSegment(state, 0, { totals: { ...totals, images } }), tally);
  const { steps, equal } = explained(bent);
  const check = steps.find(({ line, step }) => line === 'usage of images' && step === 'check');
  expect(check?.figures).toMatchObject({ used: 3, folded: 4, billed: '4', onLines: '4' });
  expect(equal).toBe(false);
});

test('credits are checked as decimals', () => {
  const log = MemoryLog.of(PREPAID);
  log.add([event('a', START_MS, { images: 300, input_tokens: 1500 })]);
  const ground = read(log);
  const { steps, equal } = explained(ground);
  expect(textsOf(steps, 'usage of credits', 'check')).toEqual([
    'entries add up to 1501.5, 501.5 are billed, the lines of credits rate 501.5',
  ]);
  expect(equal).toBe(true);
});

test('late usage has its events behind it, and no units to be checked', () => {
  const late = lineOf('late/tokens', { meter: 'tokens', quantity: 7, amountMinor: 14 });
  const { lines } = invoiceOf(tiered().state);
  const { steps, equal } = explained(tiered(), [...lines, late]);
  expect(equal).toBe(true);
  expect(textsOf(steps, 'late usage of tokens', 'check')).toEqual([]);
  expect(textsOf(steps, 'late usage of tokens', 'event')).toEqual([
    'b (usage, log number 5) 2026-01-01T00:00Z: 7',
  ]);
  expect(textsOf(steps, 'usage of tokens', 'event')).toHaveLength(1);
  expect(textsOf(steps, 'usage of tokens', 'check')[0]).toContain('the lines of tokens rate 150');
  expect(textsOf(steps, 'late/tokens', 'check')).toEqual([
    'computed anew 14, the same as the line',
  ]);
});

test('usage of two periods on one invoice is explained for each', () => {
  const log = MemoryLog.of(TIERED);
  const nextMs = START_MS + 40 * 86_400_000;
  log.add([event('a', START_MS, { images: 10 }), event('b', nextMs, { images: 20 })]);
  log.close(0);
  log.close(1);
  log.add([event('c', START_MS, { images: 10 }), event('d', nextMs, { images: 10 })]);
  const next = { start: '2026-02-01T00:00:00.000Z', end: '2026-03-01T00:00:00.000Z' };
  const late = { meter: 'images', quantity: 10, amountMinor: 100 };
  const ref = 'late/images';
  const lines = [lineOf(ref, late), lineOf(ref, { ...late, period: next })];
  const { steps, equal } = explained(read(log), lines);
  expect(equal).toBe(true);
  const own = ['arithmetic', 'check'];
  const behind = ['day', 'event'];
  expect(steps.map(({ step }) => step)).toEqual([...own, ...own, ...behind, ...behind]);
  const events = steps.filter(({ step }) => step === 'event');
  expect(events.map(({ figures }) => figures['event'])).toEqual(['c', 'd']);
});

test('lines of others bill no usage, whatever they name', () => {
  const ground = tiered();
  const refs = ['stripe/il_1', 'net', 'credit', 'base', 'base/change', 'base/unused'];
  for (const ref of refs) {
    const { steps } = explained(ground, [lineOf(ref, { meter: 'tokens', amountMinor: 77 })]);
    expect(new Set(steps.map(({ line }) => line))).toEqual(new Set([ref]));
  }
});

test('a line of no meter, or of one that the plan does not price, is taken as it stands', () => {
  const longAgo = { start: '2020-01-01T00:00:00.000Z', end: '2020-02-01T00:00:00.000Z' };
  const nameless = explained(tiered(), [lineOf('surprise', { period: longAgo })]);
  expect(nameless.steps.map(({ step }) => step)).toEqual(['given']);
  const { steps, equal } = explained(tiered(), [lineOf('calls', { meter: 'calls' })]);
  expect(steps.map(({ step }) => step)).toEqual(['given']);
  expect(equal).toBe(true);
});

test.each(['basement', 'database', 'network', 'planet', 'credits_used', 'accredit', 'stripes'])(
  'usage of a meter whose name is like a ref of ours, %s, is explained as usage',
  (meter) => {
    const counted: Meter = { name: meter, unit: 'unit', aggregation: 'sum' };
    const prices = { [meter]: { type: 'perUnit', unitAmountMinor: '1' } } as const;
    const log = MemoryLog.of({ ...PRO, prices, limits: [] }, { ...METERS, [meter]: counted });
    log.add([event('a', START_MS, { [meter]: 5 })]);
    const { steps, equal } = explained(read(log));
    expect(equal).toBe(true);
    expect(textsOf(steps, meter, 'arithmetic')).toEqual(['5 x 1 = 5']);
    expect(textsOf(steps, `usage of ${meter}`, 'check')[0]).toContain('rate 5');
  },
);

test.each(['translate', 'pinstripe'])('so is usage of tiers of a meter called %s', (meter) => {
  const counted: Meter = { name: meter, unit: 'unit', aggregation: 'sum' };
  const prices = {
    [meter]: { type: 'graduated', tiers: [{ upTo: 'inf', unitAmountMinor: '1' }] },
  } as const;
  const log = MemoryLog.of({ ...PRO, prices, limits: [] }, { ...METERS, [meter]: counted });
  log.add([event('a', START_MS, { [meter]: 5 })]);
  const { steps, equal } = explained(read(log));
  expect(equal).toBe(true);
  expect(textsOf(steps, `${meter}/tier-1`, 'arithmetic')).toEqual(['5 x 1 = 5']);
});
