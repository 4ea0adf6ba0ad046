import type { Meter, PlanSnapshot, Price } from '../../../../billing/catalogue.js';
import { differences } from '../../../../billing/customer/invoice/comparison.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import { buildInvoice, periodText } from '../../../../billing/customer/invoice/invoicing.js';
import { usageLines } from '../../../../billing/customer/invoice/prediction.js';
import { dueReports } from '../../../../billing/customer/reporting/reporting.js';
import { reportingRow } from '../../../../billing/customer/reporting/reportingRow.js';
import * as closing from '../../../../billing/customer/close/closing.js';
import * as results from '../../../../billing/customer/close/results.js';
import { changeSegment } from '../../../../billing/customer/periods/segments.js';
import { isUnreported } from '../../../../billing/customer/close/reviews.js';
import { asSparing } from '../../../../billing/customer/reporting/sparing.js';
import { turn } from '../../../../billing/customer/periods/turning.js';
import type {
  StripeInvoiceView,
  StripeLineView,
} from '../../../../billing/customer/invoice/view.js';
import type { CustomerState, DraftItem, MeterTotal, Segment } from '../../../../billing/state.js';
import { METERS, PREPAID } from '../../contractCatalogue.js';
import { closed, commanded, folded, LINK, PRO, row, START_MS, subscribed, used } from '../world.js';

const FEB_MS = Date.UTC(2026, 1, 1);
const MAR_MS = Date.UTC(2026, 2, 1);
const PER_UNIT: Price = { type: 'perUnit', unitAmountMinor: '1' };

const zero = (state: CustomerState) => state.segments[0] as Segment;

/** A subscriber of a plan that prices these meters, all sums, at 1 minor unit each. */
function pricing(...names: readonly string[]): CustomerState {
  const meter: Meter = { name: 'M', unit: 'u', aggregation: 'sum' };
  const meters = Object.fromEntries(names.map((name) => [name, meter]));
  const prices = Object.fromEntries(names.map((name) => [name, PER_UNIT]));
  const plan: PlanSnapshot = { ...PRO, meters, plan: { ...PRO.plan, prices } };
  return folded([
    commanded(1, { type: 'customer', plan, details: {}, atMs: START_MS, anchorMs: START_MS }),
    commanded(2, { type: 'subscribed', request: 1, plan, stripe: LINK }),
  ]);
}

const uses = (state: CustomerState, quantity: number, meter = 'tokens', atMs = START_MS) =>
  foldStretch(state, used(state.mark + 1, state.mark + 1, [row(atMs, quantity, meter)]));

const NONE = { intended: 0, accepted: 0, inDoubt: 0, deadLetter: 0, lastAtMs: 0 };

function view(lines: readonly Partial<StripeLineView>[], change: Partial<StripeInvoiceView> = {}) {
  return { id: 'in_1', status: 'draft', finalizedAtMs: null, paidAtMs: null, discountMinor: 0,
    taxMinor: 0, lines, ...change } as StripeInvoiceView;
}

describe('an invoice', () => {
  const base = { kind: 'base', amountMinor: 2900 } as const;
  const build = (state: CustomerState, reason: 'cycle' | 'start', lines = [base]) =>
    buildInvoice(state, zero(state), reason, view(lines), FEB_MS);
  const refs = (state: CustomerState, reason: 'cycle' | 'start') =>
    build(state, reason).lines.map(({ ref, period }) => [ref, period?.start]);

  it('shows times in RFC 3339, and none for what has not happened', () => {
    expect(periodText(START_MS, FEB_MS)).toEqual({
      start: '2026-01-01T00:00:00.000Z',
      end: '2026-02-01T00:00:00.000Z',
    });
    expect(build(subscribed(), 'start')).toMatchObject({ finalizedAt: null, paidAt: null });
  });

  it('of a cycle charges the base of the very next period, however many came since', () => {
    const march = turn(uses(subscribed(), 250), MAR_MS);
    expect(march.segments.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(refs(march, 'cycle')).toEqual([
      ['tokens/included', '2026-01-01T00:00:00.000Z'],
      ['tokens', '2026-01-01T00:00:00.000Z'],
      ['base', '2026-02-01T00:00:00.000Z'],
    ]);
  });

  it('of a start is the base of its own period, whatever was used and reported by then', () => {
    const times = { startSeconds: 0, endSeconds: 0 };
    const item = { ref: 'late/tokens', amountMinor: 15, ...times } as DraftItem;
    const reports = { tokens: { ...NONE, intended: 250, inDoubt: 250 } };
    const february = turn(uses(subscribed(), 250), FEB_MS);
    const late = changeSegment(february, 0, { items: [item], reports });
    expect(refs(late, 'start')).toEqual([['base', '2026-01-01T00:00:00.000Z']]);
    expect(build(late, 'start').review).toBeNull();
    expect(build(late, 'cycle').review?.reason).toBe('unreported');
  });

  it('of a start is in review for any line that does not belong there, of ours or not', () => {
    const usage = { kind: 'meter', name: 'tokens', amountMinor: 7, unitAmountMinor: '1' } as const;
    const ours = { kind: 'ours', name: 'credit', amountMinor: -3 } as const;
    const lines = [base, { ...usage, quantity: '7' }, ours] as never;
    expect(build(subscribed(), 'start', lines).review).toMatchObject({
      reason: 'mismatch',
      detail: 'tokens: expected 0, Stripe has 7; credit: expected 0, Stripe has -3',
    });
  });

  it('counts as adjustments what is named so, not meters of a similar name', () => {
    const names = ['template', 'planet', 'network', 'credits_used', 'mycredit'];
    const state = names.reduce((counted, name) => uses(counted, 1, name), pricing(...names));
    const late = { ref: 'late/planet', amountMinor: 40, startSeconds: 0, endSeconds: 0 };
    const items = ['net', 'credit', 'base/unused'].map((ref) => ({ ...late, ref, amountMinor: 2 }));
    const change = { items: [late, ...items] as unknown as DraftItem[] };
    expect(build(changeSegment(state, 0, change), 'cycle').adjustmentsMinor).toBe(46);
  });
});

describe('several priced meters', () => {
  const state = uses(pricing('tokens', 'calls'), 5, 'calls');
  const told = (meter: string, change: object) => ({ [meter]: { ...NONE, ...change } });

  it('one that was used keeps a period from being empty', () => {
    const complete = changeSegment(state, 0, { stage: 'complete' });
    expect(zero(results.looked(complete, 0, null, FEB_MS + 86_400_000)).stage).toBe('complete');
  });

  it('one that was used makes the period a reference for forecasts', () => {
    expect(foldStretch(state, closed(4, 0)).pace.closedUsageMinor).toEqual([5]);
  });

  it('one dead letter makes a period unreported', () => {
    const reports = { ...told('tokens', {}), ...told('calls', { deadLetter: 1 }) };
    expect(isUnreported(state, { ...zero(state), reports })).toBe(true);
  });

  it('each is compared with its own lines', () => {
    const reports = { ...told('tokens', { intended: 2 }), ...told('calls', { intended: 5 }) };
    const segment = { ...zero(state), reports };
    const rated = (meter: string, amountMinor: number) =>
      ({ ref: meter, meter, amountMinor, description: '', quantity: 1, unitAmountMinor: '1' });
    const line = (name: string, quantity: number) => ({
      kind: 'meter', name, quantity: String(quantity), amountMinor: quantity, unitAmountMinor: '1',
    }) as StripeLineView;
    const usage = [rated('tokens', 2), rated('calls', 3), rated('calls', 2)];
    const prediction = { usage, base: [], items: [] };
    const lines = [line('tokens', 2), line('calls', 2), line('calls', 3)];
    expect(differences(state, segment, prediction, view(lines))).toEqual([]);
    expect(differences(state, segment, prediction, view([line('tokens', 2)]))).toEqual([
      'calls: expected 2 + 3, Stripe has 0',
      'calls: 5 units were reported, Stripe rated 0',
    ]);
  });
});

it('a price without its meter bills nothing, and the others go on', () => {
  const state = uses(uses(pricing('tokens', 'calls'), 5), 7, 'calls');
  const pro = state.snapshots['pro@1'] as PlanSnapshot;
  const { calls } = pro.meters;
  const lost = { ...state, snapshots: { 'pro@1': { ...pro, meters: { calls } } } } as CustomerState;
  expect(usageLines(lost, zero(lost)).map(({ ref }) => ref)).toEqual(['calls']);
});

it('what is said of a period that is gone changes none that is there', () => {
  const state = subscribed();
  expect(changeSegment(state, 77, { stage: 'billed' })).toBe(state);
  expect(closing.completed(state, 77)).toBe(state);
});

describe('a look at Stripe', () => {
  const state = uses(subscribed(), 250);

  it('takes nothing of a draft as billed', () => {
    const line = { kind: 'meter', name: 'tokens', quantity: '250', unitAmountMinor: '1' } as const;
    const held = changeSegment(state, 0, { stage: 'hold' });
    expect(zero(results.looked(held, 0, view([line]), FEB_MS)).billed).toEqual({});
  });

  it('is wanted at once where something changed there, by the period that waits alone', () => {
    const waiting = changeSegment(turn(state, MAR_MS), 1, { stage: 'complete', lookAgainAtMs: 5 });
    const found = changeSegment(waiting, 0, { stage: 'complete', stripeInvoice: 'in_0' });
    const both = changeSegment(found, 0, { lookAgainAtMs: 6 });
    const touched = closing.stripeTouched(both);
    expect(touched.segments.map(({ lookAgainAtMs }) => lookAgainAtMs)).toEqual([6, 0, 0]);
  });
});

describe('reports', () => {
  const state = uses(subscribed(), 250);
  const dueAt = (change: Partial<Segment>) =>
    dueReports(state, { ...zero(state), ...change }).map(({ atMs }) => atMs);

  it('are due six hours after the last, or after the start; in a flush since its end', () => {
    expect(dueAt({})).toEqual([START_MS + 21_600_000]);
    const reports = { tokens: { ...NONE, intended: 1, lastAtMs: START_MS + 7_000 } };
    expect(dueAt({ reports })).toEqual([START_MS + 21_607_000]);
    expect(dueAt({ reports, stage: 'flush' })).toEqual([FEB_MS]);
    const open = { tokens: { ...NONE, intended: 1, inDoubt: 1, lastAtMs: START_MS + 7_000 } };
    expect(dueAt({ reports: open })).toEqual([START_MS + 607_000]);
    const february = uses(state, 5, 'tokens', FEB_MS);
    expect(dueReports(february, february.segments[1] as Segment)).toHaveLength(1);
  });

  it('go out every ten minutes where a thousand events wait, by the mean of an event', () => {
    const every = (count: number, intended: number) => {
      const used = zero(state).totals['tokens'];
      const totals = { tokens: { ...used, quantity: 5_000, count } as MeterTotal };
      const reports = { tokens: { ...NONE, intended, lastAtMs: START_MS } };
      const [due] = dueReports(state, { ...zero(state), totals, reports });
      return (due?.atMs ?? 0) - START_MS;
    };
    expect([every(1_000, 0), every(999, 0)]).toEqual([600_000, 21_600_000]);
    expect([every(2_000, 2_500), every(2_000, 2_501)]).toEqual([600_000, 21_600_000]);
  });

  it('go out every ten minutes from a run that began when they always did', () => {
    const [due] = dueReports(asSparing(state, false), zero(state));
    expect(due?.atMs).toBe(START_MS + 600_000);
  });

  it('of credits wait for the fence of the period before: what rolls over covers them', () => {
    const plan = { ...PRO, id: 'prepaid', meters: METERS, plan: PREPAID };
    const prepaid = folded([
      commanded(1, { type: 'customer', plan, details: {}, atMs: START_MS, anchorMs: START_MS }),
      commanded(2, { type: 'subscribed', request: 1, plan, stripe: LINK }),
      used(3, 3, [row(START_MS, 10, 'images'), row(FEB_MS, 250, 'images')]),
    ]);
    const due = (from: CustomerState, index: number) =>
      dueReports(from, from.segments[index] as Segment).map(({ meter, target }) => [meter, target]);
    expect(due(prepaid, 1)).toEqual([]);
    expect(due(foldStretch(prepaid, closed(4, 0)), 1)).toEqual([]);
    const more = uses(prepaid, 150, 'images', FEB_MS);
    expect(due(more, 1)).toEqual([]);
    expect(due(foldStretch(more, closed(5, 0)), 1)).toEqual([['credits', 500_000_000]]);
    expect(due(uses(prepaid, 200, 'images'), 0)).toEqual([['credits', 50_000_000]]);
    const gone = { ...more, segments: more.segments.slice(1) };
    expect(due(gone, 0)).toEqual([['credits', 1_000_000_000]]);
  });

  it('are pending as far as no answer of any kind has come', () => {
    const totals = { ...NONE, intended: 240, accepted: 200, inDoubt: 30, deadLetter: 7 };
    const segment = { ...zero(state), reports: { tokens: totals } };
    expect(reportingRow(state, segment, 'tokens', PER_UNIT)).toEqual({
      ledger: 250, accepted: 200, pending: 13, inDoubt: 30, deadLetter: 7, withheld: 0, late: 0,
    });
  });
});
