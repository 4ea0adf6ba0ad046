import { changeSegment } from '../../../billing/customer/periods/segments.js';
import type { InvoiceLine } from '../../../billing/invoice.js';
import { forgottenBilled, lateBefore } from '../../../billing/reconcile/billedElsewhere.js';
import type { Segment } from '../../../billing/state.js';
import { PREPAID } from '../contractCatalogue.js';
import { folded, row, START_MS, subscribed, used } from '../customer/world.js';
import { lineOf, read, segmentOf } from './ground.js';
import { event, MemoryLog } from './memoryLog.js';

/** What other lines say of the usage that a line bills. */

const LATER = { start: '2026-02-01T00:00:00.000Z', end: '2026-03-01T00:00:00.000Z' };

function tokens(ref: string, quantity: number, change: Partial<InvoiceLine> = {}): InvoiceLine {
  return lineOf(ref, { meter: 'tokens', quantity, ...change });
}

const first = tokens('late/tokens', 5);
const second = tokens('late/tokens', 7);
const third = tokens('late/tokens', 11);

/** The lines of three invoices; late ones of other meters and periods among them. */
const INVOICES = [
  { lines: [tokens('tokens', 1000), first, lineOf('late/calls', { meter: 'calls' })] },
  { lines: [tokens('late/tokens', 100, { period: LATER }), second] },
  { lines: [third] },
];

const fold = folded([used(3, 3, [row(START_MS, 1000)])], subscribed());

test('late lines of the same meter and period before a line have billed their units', () => {
  const before = (line: InvoiceLine) => lateBefore(INVOICES, line, segmentOf(fold));
  expect([first, second, third].map(before)).toEqual([0, 5, 12]);
});

test('before a line that stands on no invoice yet, or names no meter, nothing is billed', () => {
  expect(lateBefore(INVOICES, tokens('late/tokens', 5), segmentOf(fold))).toBe(0);
  const nameless = lineOf('late/tokens');
  expect(lateBefore([{ lines: [first, nameless] }], nameless, segmentOf(fold))).toBe(0);
});

describe('units of a period that Stripe finalised without us', () => {
  const late = { tokens: { quantity: 200, count: 1, max: 200, last: null } };
  const frozen: Partial<Segment> = { frozen: true, late, billed: { calls: 4 } };

  /** Of 1,000 units and 200 late ones: own lines, a flat amount beside them, and late lines. */
  const billed = (lateUnits: number, change: Partial<Segment> = {}, ownUnits = 800) => {
    const state = changeSegment(fold, 0, { ...frozen, ...change });
    const own = [tokens('tokens/tier-1', 100), tokens('tokens/tier-2', ownUnits)];
    const lines = [...own, tokens('tokens/tier-2/flat', 1), lineOf('base')];
    const other = tokens('tokens', 50, { period: LATER });
    const invoices = [{ lines }, { lines: [other, tokens('late/tokens', lateUnits)] }];
    return forgottenBilled(state, invoices, segmentOf(state), 'tokens');
  };

  test('are those on its lines, if late lines bill all the rest of the log', () => {
    expect(billed(300)).toEqual({ calls: 4, tokens: 900 });
  });

  test('are not said where anything is left over, or too much is billed', () => {
    expect(billed(299)).toEqual({ calls: 4 });
    expect(billed(301)).toEqual({ calls: 4 });
  });

  test('are not said where the lines are what stood before the fence, or there is none', () => {
    expect(billed(200, {}, 900)).toEqual({ calls: 4 });
    expect(billed(300, { frozen: false })).toEqual({ calls: 4 });
  });

  test('are micro-credits of credits: whole on late lines, decimals on others', () => {
    const log = MemoryLog.of(PREPAID);
    log.add([event('a', START_MS, { images: 300 })]);
    const { state } = read(log);
    // 1,500 credits, of which the account has paid 1,000.
    const closed = changeSegment(state, 0, { frozen: true, coveredMicroCredits: 1_000_000_000 });
    const own = lineOf('credits', { meter: 'credits', quantity: '499.5' });
    const rest = lineOf('late/credits', { meter: 'credits', quantity: 500_000 });
    const billedWith = (line: InvoiceLine) =>
      forgottenBilled(closed, [{ lines: [own, line] }], segmentOf(closed), 'credits');
    expect(billedWith(rest)).toEqual({ credits: 499_500_000 });
    expect(billedWith({ ...rest, quantity: 500_001 })).toEqual({});
  });
});
