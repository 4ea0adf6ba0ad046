import {
  billFaults,
  expectedMinor,
  unitsOf,
  usageOf,
  type BilledInvoice,
} from '../../../bench/money/bill.js';
import { callsBetween, callsOf, isOfTestClock } from '../../../bench/money/calls.js';
import { moneyLines } from '../../../bench/money/report.js';
import type { BusyFigures } from '../../../bench/money/busy.js';

const START_MS = Date.UTC(2026, 0, 31, 10, 23);
const UNITS = { tokens: 1_050, images: 2 };

describe('the bills of the benchmark of money', () => {
  it('round a half up: 1,050 tokens are 10.5 minor units', () => {
    expect(expectedMinor({ tokens: 1_049, images: 0 })).toBe(2_010);
    expect(expectedMinor(UNITS)).toBe(2_017);
  });

  it('are another one for each customer, from events of ids of their own', () => {
    const one = usageOf('a', 1, START_MS);
    const other = usageOf('b', 2, START_MS);
    expect(new Set([...one, ...other].map(({ id }) => id)).size).toBe(6);
    expect(unitsOf(one).tokens).not.toBe(unitsOf(other).tokens);
  });

  const invoice = (reason: string, subtotalMinor: number, atStripe = subtotalMinor) =>
    ({ reason, status: 'paid', subtotalMinor, stripe: { subtotalMinor: atStripe } }) as const;
  const good: BilledInvoice[] = [invoice('cycle', 2_017), invoice('start', 2_000)];

  it('are right only where each invoice is there once, paid, and equal at Stripe', () => {
    expect(billFaults('a', good, UNITS)).toEqual([]);
    const wrong: BilledInvoice[][] = [
      [],
      good.slice(0, 1),
      [...good, invoice('cycle', 2_017)],
      [invoice('cycle', 2_016), invoice('start', 2_000)],
      [invoice('cycle', 2_017, 2_018), invoice('start', 2_000)],
      [{ ...invoice('cycle', 2_017), status: 'finalized' }, invoice('start', 2_000)],
      [{ ...invoice('cycle', 2_017), stripe: null }, invoice('start', 2_000)],
    ];
    for (const invoices of wrong) expect(billFaults('a', invoices, UNITS)).toHaveLength(1);
  });
});

describe('the calls of the benchmark of money', () => {
  const clock = 'POST /v1/test_helpers/test_clocks/:id/advance';
  const before = { 'GET /a': { calls: 5, failed: 1 }, 'GET /b': { calls: 2, failed: 0 } };
  const after = {
    'GET /a': { calls: 9, failed: 1 },
    'GET /b': { calls: 2, failed: 0 },
    [clock]: { calls: 3, failed: 1 },
  };

  it('are those between two looks', () => {
    const between = { 'GET /a': { calls: 4, failed: 0 }, [clock]: { calls: 3, failed: 1 } };
    expect(callsBetween(before, after)).toEqual(between);
  });

  it('of test clocks are counted apart', () => {
    expect(callsOf(callsBetween(before, after), isOfTestClock)).toBe(3);
    expect(callsOf(callsBetween(before, after), (kind) => !isOfTestClock(kind))).toBe(4);
  });
});

describe('what the benchmark of money says', () => {
  const busy = (eventsPerSecond: number, perThousandEvents: number): BusyFigures => ({
    ...{ eventsPerSecond, perThousandEvents, events: 1, meters: 2, reports: 1, others: 0 },
    ...{ withClosePerThousand: perThousandEvents, calls: {} },
  });
  const said = (rows: BusyFigures[], faults: string[] = []): string =>
    moneyLines({ busy: rows, close: null, faults }).join('\n');

  it('is met or missed by the busiest rates alone', () => {
    expect(said([busy(1, 3), busy(10, 0.4)])).toContain('required 1 met');
    expect(said([busy(1, 3), busy(10, 1.1)])).toContain('MISSED');
  });

  it('names what is wrong', () => {
    expect(said([], ['x owes too much'])).toContain('WRONG: x owes too much');
    expect(said([])).toContain('nothing lost, nothing twice');
  });
});
