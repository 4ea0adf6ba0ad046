import type { Plan } from '../../../billing/catalogue.js';
import { changeSegment } from '../../../billing/customer/periods/segments.js';
import type { InvoiceLine } from '../../../billing/invoice.js';
import type { Ground } from '../../../billing/reconcile/explanation.js';
import {
  entriesText,
  explainUsage,
  ratedUsage,
  shown,
} from '../../../billing/reconcile/usageLine.js';
import type { Segment } from '../../../billing/state.js';
import { FREE, PREPAID, PRO } from '../contractCatalogue.js';
import { groundOf, invoiceOf, read, segmentOf, textsOf } from './ground.js';
import { event, MemoryLog, START_MS } from './memoryLog.js';

/** A line of usage explained: the price, the quantity, and the arithmetic to the last digit. */

const PLAN: Plan = {
  ...PRO,
  prices: {
    tokens: { type: 'perUnit', included: 100, unitAmountMinor: '0.5' },
    images: { type: 'package', included: 5, size: 10, packageAmountMinor: '100' },
  },
};

/** A customer who used this much, each quantity in an event of its own. */
function using(plan: Plan, ...quantities: readonly Record<string, number>[]): Ground {
  const log = MemoryLog.of(plan);
  log.add(quantities.map((each, index) => event(`e-${index}`, START_MS, each)));
  return read(log);
}

function changed(ground: Ground, change: Partial<Segment>): Ground {
  return groundOf(changeSegment(ground.state, 0, change), ground.tally);
}

function usageOf(ground: Ground, meter: string) {
  const usage = ratedUsage(ground, segmentOf(ground.state), meter);
  if (!usage) throw new Error(`no usage of ${meter}`);
  return usage;
}

/** Explains one line of the invoice as it is predicted, or with a change. */
function explained(ground: Ground, ref: string, change: Partial<InvoiceLine> = {}) {
  const line = invoiceOf(ground.state).lines.find((candidate) => candidate.ref === ref);
  if (!line?.meter) throw new Error(`no line ${ref} of a meter`);
  return explainUsage(ground, { ...line, ...change }, usageOf(ground, line.meter));
}

test('the steps of a line of packages, with all their figures', () => {
  const step = (kind: string, text: string, figures: object) => ({
    ...{ line: 'images', step: kind, text, figures },
  });
  const price = { plan: 'plan', version: 1, revision: 1, meter: 'images', price: 'package' };
  const quantity = { period: 0, entries: 2, fence: null, used: '26', billed: '26', quantity: '21' };
  expect(explained(using(PLAN, { images: 20 }, { images: 6 }), 'images')).toEqual({
    steps: [
      step('price', 'plan@1: images is package, 100 a package here', {
        ...price,
        unitAmountMinor: '100',
      }),
      step('quantity', '2 entries so far: 26 images; here 21', quantity),
      step('arithmetic', '21 in 3 packages: 3 x 100 = 300', {
        factor: '3',
        unitAmountMinor: '100',
        exactMinor: '300',
      }),
      step('rounding', '300 is whole', { exactMinor: '300', amountMinor: 300 }),
      expect.objectContaining({ step: 'check', text: 'computed anew 300, the same as the line' }),
    ],
    recomputedMinor: 300,
    equal: true,
  });
});

test('one package is told as one; units that are included have a price a unit', () => {
  const ground = using(PLAN, { images: 6 });
  expect(textsOf(explained(ground, 'images').steps, 'images', 'arithmetic')).toEqual([
    '1 in 1 package: 1 x 100 = 100',
  ]);
  const { steps, equal } = explained(ground, 'images/included');
  expect(textsOf(steps, 'images/included', 'price', 'arithmetic')).toEqual([
    'plan@1: images is package, 0 a unit here',
    '5 x 0 = 0',
  ]);
  expect(equal).toBe(true);
});

test('packages are those of a package price, whatever another line says of them', () => {
  const ground = using(PLAN, { input_tokens: 101 });
  const { steps } = explained(ground, 'tokens', { packages: 7 });
  expect(textsOf(steps, 'tokens', 'price', 'arithmetic')).toEqual([
    'plan@1: tokens is perUnit, 0.5 a unit here',
    '1 x 0.5 = 0.5',
  ]);
});

test('a cost that is not whole is rounded once, half away from zero', () => {
  const { steps } = explained(using(PLAN, { input_tokens: 1_234_605 }), 'tokens');
  expect(textsOf(steps, 'tokens', 'quantity', 'arithmetic', 'rounding')).toEqual([
    '1 entry so far: 1,234,605 tokens; here 1,234,505',
    '1,234,505 x 0.5 = 617252.5',
    '617252.5 is 617253, half away from zero',
  ]);
  const rounding = steps.find(({ step }) => step === 'rounding');
  expect(rounding?.figures).toEqual({ exactMinor: '617252.5', amountMinor: 617_253 });
});

test.each([{ amountMinor: 299 }, { quantity: 22 }, { unitAmountMinor: '99' }])(
  'a line with another %j does not come out',
  (change) => {
    const { equal, recomputedMinor } = explained(using(PLAN, { images: 26 }), 'images', change);
    expect([equal, recomputedMinor]).toEqual([false, 300]);
  },
);

test('a line that the usage does not give is right only where it costs nothing', () => {
  const ground = using(PLAN, { images: 26 });
  const unknown = (amountMinor: number) =>
    explained(ground, 'images', { ref: 'images/tier-9', amountMinor });
  expect(unknown(0)).toMatchObject({ recomputedMinor: 0, equal: true });
  const { steps, ...result } = unknown(5);
  expect(result).toEqual({ recomputedMinor: 0, equal: false });
  expect(steps.map(({ step }) => step)).toEqual(['price', 'quantity', 'check']);
  expect(steps.at(-1)?.text).toBe('computed anew 0, the line says 5: NOT EQUAL');
});

describe('where the invoice rates other units than the log has', () => {
  const quantityOf = (ground: Ground, ref: string, change: Partial<InvoiceLine> = {}) =>
    textsOf(explained(ground, ref, change).steps, ref, 'quantity');

  test('Stripe was told before a void, and of a closed period', () => {
    const reports = { intended: 21, accepted: 21, inDoubt: 0, deadLetter: 0, lastAtMs: 0 };
    const told = changed(using(PLAN, { images: 20 }), {
      frozen: true,
      reports: { images: reports },
    });
    const ground = { ...told, fenceOf: (segment: number) => 70 + segment };
    expect(quantityOf(ground, 'images')).toEqual([
      '1 entry before the fence at log number 70: 20 images, Stripe was told before a void 26; ' +
        'here 21',
    ]);
    const open = changed(told, { frozen: false });
    expect(usageOf(open, 'images').units).toBe(20);
  });

  test('Stripe finalised with what it had', () => {
    const ground = changed(using(PLAN, { images: 20 }), { frozen: true, billed: { images: 16 } });
    expect(quantityOf(ground, 'images')).toEqual([
      '1 entry so far: 20 images, Stripe finalised with 16; here 11',
    ]);
  });

  test('the account has paid for credits, those beyond its lots are billed', () => {
    const prepaid = using(PREPAID, { images: 300 });
    expect(quantityOf(prepaid, 'credits')).toEqual([
      '1 entry so far: 1500 credits, 1000 paid by the account, 500 billed; here 500',
    ]);
    const told = changed(prepaid, { frozen: true, billed: { credits: 1_600_000_000 } });
    expect(quantityOf(told, 'credits', { quantity: '1600' })).toEqual([
      '1 entry so far: 1500 credits, Stripe was told before a void 1600; here 1600',
    ]);
  });
});

test('there is no usage behind what the plan does not price or the catalogue does not have', () => {
  const ground = using(PLAN, { images: 1 });
  const segment = segmentOf(ground.state);
  expect(ratedUsage(ground, segment, 'input_tokens')).toBeNull();
  const free = using(FREE, { images: 1 });
  expect(ratedUsage(free, segmentOf(free.state), 'images')).toBeNull();
  const [[name, snapshot]] = Object.entries(ground.state.snapshots) as [[string, object]];
  const snapshots = { [name]: { ...snapshot, meters: {} } } as typeof ground.state.snapshots;
  expect(ratedUsage(groundOf({ ...ground.state, snapshots }), segment, 'images')).toBeNull();
});

test('entries and quantities are shown in groups of digits, decimals as they are', () => {
  expect([entriesText(1), entriesText(1234)]).toEqual(['1 entry', '1,234 entries']);
  expect([shown(1_234_567), shown('1234.5')]).toEqual(['1,234,567', '1234.5']);
});
