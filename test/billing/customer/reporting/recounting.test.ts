import { dueAlerts } from '../../../../billing/alerts/due.js';
import { withAlerts } from '../../../../billing/alerts/alert.js';
import { reduce } from '../../../../billing/customer/reducer.js';
import { reportingRow } from '../../../../billing/customer/reporting/reportingRow.js';
import { rowFingerprint } from '../../../../billing/customer/reads/row.js';
import { changeSegment, extendTo } from '../../../../billing/customer/periods/segments.js';
import { nextStep } from '../../../../billing/customer/close/steps.js';
import type { CustomerState, ReportTotals, Segment } from '../../../../billing/state.js';
import { folded, PRO, row, START_MS, subscribed, used } from '../world.js';

/** A report that Stripe took and refused later: its sums are read anew, nothing more is sent. */

const HOUR_MS = 3_600_000;
const TOKENS = { segment: 0, meter: 'tokens' };
const ACCEPTED: ReportTotals = {
  intended: 150,
  accepted: 150,
  inDoubt: 0,
  deadLetter: 0,
  lastAtMs: START_MS,
};
const REFUSED: ReportTotals = { ...ACCEPTED, accepted: 100, deadLetter: 50 };

/** 150 units used, reported and accepted; nothing is due. */
function reported(change: Partial<Segment> = {}): CustomerState {
  const using = folded([used(3, 3, [row(START_MS, 150)])], subscribed());
  const state = { ...using, startInvoice: null, testClockSeconds: 4_000_000_000 };
  const changed = changeSegment(state, 0, { reports: { tokens: ACCEPTED }, ...change });
  return { ...changed, savedRow: rowFingerprint(changed) };
}

const wanting = (state: CustomerState, reports = [TOKENS]) =>
  reduce(state, { type: 'recount', reports }).state;
/** The sums as they were read by a step of `began`. */
const reading = (state: CustomerState, totals: ReportTotals, began = state) => {
  const recount = began.segments[0]?.recount?.['tokens'] ?? 0;
  return reduce(state, { type: 'reported', ...TOKENS, totals, recount }).state;
};
const stepOf = (state: CustomerState) => nextStep(state, START_MS + HOUR_MS).step;

test('its sums are read at once, up to what was sent and no further', () => {
  expect(stepOf(reported())).toBeNull();
  expect(reduce(reported(), { type: 'recount', reports: [TOKENS] }).effects).toEqual([]);
  const step = stepOf(wanting(reported()));
  expect(step).toMatchObject({ kind: 'report', report: { meter: 'tokens', target: 150 } });
});

test('once they were read nothing is due any more', () => {
  const state = reading(wanting(reported()), REFUSED);
  expect([stepOf(state), state.segments[0]?.recount]).toEqual([null, {}]);
});

test.each([
  ['it was told of', reported()],
  ['it was told again', wanting(reported())],
])('sums whose reading began before %s are read once more', (_name, began) => {
  const overtaken = reading(wanting(began), ACCEPTED, began);
  expect(stepOf(overtaken)).toMatchObject({ kind: 'report' });
  expect(stepOf(reading(overtaken, REFUSED))).toBeNull();
});

test('accepted goes over to dead letter, and the sum still holds', () => {
  const state = reading(wanting(reported()), REFUSED);
  const [segment] = state.segments as [Segment];
  const price = PRO.plan.prices?.['tokens'];
  if (!price) throw new Error('no price');
  expect(reportingRow(state, segment, 'tokens', price)).toEqual({
    ledger: 150,
    accepted: 100,
    pending: 0,
    inDoubt: 0,
    deadLetter: 50,
    withheld: 0,
    late: 0,
  });
  const alerts = dueAlerts(withAlerts(state), START_MS + HOUR_MS);
  const [dead] = alerts.filter(({ type }) => type === 'report.deadLetter');
  expect(dead?.details).toMatchObject({ meter: 'tokens', units: 50 });
});

test('the sums of a meter read anew leave the wish for another', () => {
  const both = { tokens: ACCEPTED, calls: ACCEPTED };
  const state = reported({ reports: both });
  const wanted = wanting(state, [TOKENS, { segment: 0, meter: 'calls' }]);
  expect(reading(wanted, REFUSED).segments[0]?.recount).toEqual({ calls: 1 });
});

test('sums that nobody wanted anew leave no wish behind', () => {
  expect(reading(reported(), ACCEPTED).segments[0]).not.toHaveProperty('recount');
});

test('one period’s sums are read anew beside others that stay as they are', () => {
  const state = extendTo(reported(), Date.UTC(2026, 1, 1));
  const wanted = wanting(state);
  expect(wanted.segments.map(({ recount }) => recount)).toEqual([{ tokens: 1 }, undefined]);
});

test.each(['hold', 'inReview', 'billed'] as const)(
  'a segment that is %s is read as well, and told nothing more',
  (stage) => {
    const state = wanting(reported({ stage, final: true }));
    expect(stepOf(state)).toMatchObject({ kind: 'report', report: { target: 150 } });
  },
);

test('told twice, it is read once', () => {
  const state = wanting(wanting(reported()));
  expect(stepOf(reading(state, REFUSED))).toBeNull();
});

test.each([
  ['a segment of long ago', { segment: 7, meter: 'tokens' }],
  ['a meter without reports', { segment: 0, meter: 'calls' }],
  ['a name of every object', { segment: 0, meter: 'constructor' }],
])('%s changes nothing', (_name, report) => {
  const state = reported();
  expect(wanting(state, [report])).toBe(state);
});

test('while Stripe bills nothing of a segment, nothing is asked', () => {
  expect(stepOf(wanting(reported({ stripe: null })))).toBeNull();
});
