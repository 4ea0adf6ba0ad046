import type { Bill } from '../../../billing/bill.js';
import {
  invoiceAlert,
  planChangedAlert,
  segmentAlerts,
  trialAlerts,
  trialNoticeMs,
} from '../../../billing/alerts/factAlerts.js';
import { changeSegment } from '../../../billing/customer/periods/segments.js';
import type { CustomerState, Segment } from '../../../billing/state.js';
import { START_MS, subscribed } from '../customer/world.js';

/** What a state plainly says is told under a name that it has once. */

const END_MS = Date.UTC(2026, 1, 1);
const PERIOD = { period: 0, start: '2026-01-01T00:00:00.000Z', end: '2026-02-01T00:00:00.000Z' };
const [SEGMENT] = subscribed().segments as [Segment];
const HELD: Bill = { stage: 'inReview', final: true, stripeInvoice: 'in_l', items: [] };

describe('an alert of an invoice', () => {
  it('is named by its period, and says nothing more of one of a cycle', () => {
    expect(invoiceAlert('invoice.paid', SEGMENT)).toStrictEqual({
      key: 'invoice.paid/0',
      type: 'invoice.paid',
      details: PERIOD,
      segment: 0,
      untilMs: 0,
    });
  });

  it('says why there is one where it is our own', () => {
    const own = invoiceAlert('invoice.paid', { ...SEGMENT, close: 'final' });
    expect(own).toMatchObject({ key: 'invoice.paid/0', reason: 'final' });
    const late = invoiceAlert('invoice.failed', { ...SEGMENT, close: 'final' }, true);
    expect(late).toMatchObject({ key: 'invoice.failed/0/late', reason: 'late', details: PERIOD });
  });

  it('is one for each invoice of a period that waits', () => {
    const both = changeSegment(subscribed(), 0, { stage: 'inReview', lateInvoice: HELD });
    expect(segmentAlerts(both).map(({ key }) => key)).toEqual([
      'invoice.inReview/0',
      'invoice.inReview/0/late',
    ]);
  });
});

it('a change of plan is told once for each plan and period', () => {
  const name = (version: number) => ({ id: 'pro', version });
  expect(planChangedAlert(name(1), name(2), SEGMENT)).toEqual({
    key: 'customer.planChanged/0/pro@2',
    type: 'customer.planChanged',
    details: { from: 'pro@1', to: 'pro@2', at: '2026-01-01T00:00:00.000Z' },
    untilMs: 0,
  });
});

describe('the end of a trial', () => {
  const NOTICE_MS = END_MS - 3 * 86_400_000;
  const trial = (status: CustomerState['status']): CustomerState => ({
    ...changeSegment(subscribed(), 0, { trial: true }),
    status,
  });

  it('is told of three days before, until it has come', () => {
    expect(trialAlerts(trial('trialing'), NOTICE_MS - 1)).toEqual([]);
    expect(trialAlerts(trial('trialing'), NOTICE_MS)).toEqual([
      {
        key: 'trial.ending/0',
        type: 'trial.ending',
        details: { plan: 'pro@1', endsAt: '2026-02-01T00:00:00.000Z' },
        untilMs: END_MS,
      },
    ]);
  });

  it('is told to nobody who has left it, nor in a period that is none', () => {
    expect(trialNoticeMs(trial('canceled'))).toBeNull();
    expect(trialNoticeMs(trial('active'))).toBeNull();
    expect(trialNoticeMs({ ...subscribed(), status: 'trialing' })).toBeNull();
    expect(trialAlerts(trial('canceled'), START_MS + 30 * 86_400_000)).toEqual([]);
  });
});
