import { happened, withAlerts } from '../../../billing/alerts/alert.js';
import {
  ALERTS_A_STEP,
  alertsRaised,
  dueAlerts,
  REMEMBERED_MAX,
} from '../../../billing/alerts/due.js';
import { invoiceAlert } from '../../../billing/alerts/factAlerts.js';
import { changeSegment } from '../../../billing/customer/periods/segments.js';
import type { CustomerState } from '../../../billing/state.js';
import { customer, DECEMBER_MS, NOVEMBER_MS, open } from '../forecast/world.js';
import { alerted, counted, keysOf, limit, NOW_MS, raise, tokens } from './world.js';

/** What is due is raised once, remembered while it matters, and no longer. */

const PERIOD = { period: 0, start: '2026-11-01T00:00:00.000Z', end: '2026-12-01T00:00:00.000Z' };
const CAPPED = { limits: [limit()], alertsAtPercent: [50, 80] };
const REPORTS = { intended: 5, accepted: 2, inDoubt: 0, deadLetter: 3, lastAtMs: 0 };

function frozen(state: CustomerState, sinceMs: number): CustomerState {
  return { ...state, controls: { ...state.controls, frozen: { reason: 'Runaway.', sinceMs } } };
}

describe('once', () => {
  it('each percentage of a period, whatever usage does then', () => {
    const half = raise(counted(alerted(CAPPED), tokens(500)));
    expect(half.alerts.map(({ key }) => key)).toEqual([`limit.approaching/cap/${NOVEMBER_MS}/50`]);
    expect(keysOf(half.state)).toStrictEqual([]);
    const voided = counted(half.state, tokens(-400));
    expect(keysOf(voided)).toStrictEqual([]);
    const more = raise(counted(voided, tokens(800)));
    expect(more.alerts.map(({ key }) => key)).toEqual([`limit.approaching/cap/${NOVEMBER_MS}/80`]);
    expect(keysOf(more.state)).toStrictEqual([]);
  });

  it('each freeze, and the next one anew', () => {
    const first = raise(frozen(alerted({}), 5));
    expect(first.alerts).toMatchObject([
      {
        key: 'customer.frozen/5',
        type: 'customer.frozen',
        details: { reason: 'Runaway.', since: '1970-01-01T00:00:00.005Z' },
      },
    ]);
    expect(keysOf(first.state)).toStrictEqual([]);
    expect(keysOf(frozen(first.state, 6))).toEqual(['customer.frozen/6']);
  });

  it('each invoice in review and each meter with reports refused for good', () => {
    const state = changeSegment(alerted({}), 0, {
      stage: 'inReview',
      reports: { tokens: REPORTS, calls: { ...REPORTS, deadLetter: 0 } },
    });
    expect(dueAlerts(state, NOW_MS)).toMatchObject([
      { key: 'invoice.inReview/0', type: 'invoice.inReview', details: PERIOD, segment: 0 },
      {
        key: 'report.deadLetter/tokens/0',
        type: 'report.deadLetter',
        details: { meter: 'tokens', units: 3, ...PERIOD },
      },
    ]);
    expect(keysOf(raise(state).state)).toStrictEqual([]);
  });

  it('things that happened, in the order they did, before what lasts', () => {
    const state = frozen(alerted({}), 5);
    const paid = invoiceAlert('invoice.paid', open(state));
    const final = invoiceAlert('invoice.finalized', open(state));
    const told = [paid, final, paid].reduce(happened, state);
    expect(keysOf(told)).toEqual(['invoice.finalized/0', 'invoice.paid/0', 'customer.frozen/5']);
    const { state: after } = raise(told);
    expect(after.alerts?.waiting).toStrictEqual([]);
    const known = { ...after, alerts: { raised: { [paid.key]: DECEMBER_MS }, waiting: [] } };
    expect(happened(known, paid)).toBe(known);
    expect(keysOf(after)).toStrictEqual([]);
  });
});

describe('things that happened', () => {
  it('wait until they are raised, whatever else is raised before', () => {
    const state = alerted({});
    const paid = invoiceAlert('invoice.paid', open(state));
    const final = invoiceAlert('invoice.finalized', open(state));
    const after = alertsRaised([paid, final].reduce(happened, state), [paid], NOW_MS);
    expect(keysOf(after)).toEqual(['invoice.finalized/0']);
  });
});

describe('none', () => {
  const used = counted(customer(CAPPED), tokens(1000));

  it('where a state raises no alerts, or has not seen the head of its log', () => {
    expect(dueAlerts({ ...used, synced: true }, NOW_MS)).toStrictEqual([]);
    expect(dueAlerts(withAlerts(used), NOW_MS)).toStrictEqual([]);
    expect(keysOf({ ...withAlerts(used), synced: true })).toHaveLength(3);
  });

  it('of limits without a period, or once a customer is canceled', () => {
    const forever = limit({ id: 'ever', window: 'lifetime', enforcement: 'soft' });
    const state = frozen(counted(alerted({ limits: [limit(), forever] }), tokens(1000)), 5);
    expect(keysOf(state)).toEqual([
      `limit.reached/cap/${NOVEMBER_MS}/100`,
      'limit.reached/ever/0/100',
      'customer.frozen/5',
    ]);
    expect(keysOf({ ...state, status: 'canceled' })).toEqual(['customer.frozen/5']);
    expect(keysOf({ ...state, segments: [] })).toEqual(['customer.frozen/5']);
  });

  it('is noted by a state that raises none', () => {
    const state = customer({});
    expect(happened(state, invoiceAlert('invoice.paid', open(state)))).toBe(state);
    expect(alertsRaised(state, [{ key: 'a', untilMs: 9 }], 1)).toBe(state);
  });
});

describe('a state', () => {
  it('that raises alerts stays as it is', () => {
    const state = raise(counted(alerted(CAPPED), tokens(500))).state;
    expect(withAlerts(state)).toBe(state);
  });

  it('forgets what is over, and never what still stands', () => {
    const state = changeSegment(alerted({}), 0, { stage: 'inReview' });
    const over = { key: 'limit.reached/cap/1/100', untilMs: DECEMBER_MS };
    const stands = { key: 'invoice.inReview/0', untilMs: 0 };
    const before = alertsRaised(state, [over, stands], DECEMBER_MS - 1);
    expect(before.alerts?.raised).toEqual({ [over.key]: DECEMBER_MS, [stands.key]: 0 });
    const after = alertsRaised(before, [], DECEMBER_MS);
    expect(after.alerts?.raised).toEqual({ [stands.key]: 0 });
    const settled = changeSegment(after, 0, { stage: 'billed' });
    expect(alertsRaised(settled, [], DECEMBER_MS).alerts?.raised).toEqual({});
  });

  it('is asked twice at one instant and answers alike; at another it looks again', () => {
    const state = counted(alerted(CAPPED), tokens(500));
    expect(dueAlerts(state, NOW_MS)).toBe(dueAlerts(state, NOW_MS));
    expect(dueAlerts(state, NOW_MS + 1)[0]?.atMs).toBe(NOW_MS + 1);
  });

  it('raises a bounded number at a time, until none is left', () => {
    const users = Array.from({ length: ALERTS_A_STEP + 1 }, (_, user) => tokens(1000, `u${user}`));
    const plan = { limits: [limit({ scope: 'user' })] };
    const first = raise(counted(alerted(plan), ...users));
    expect(first.alerts).toHaveLength(ALERTS_A_STEP);
    const second = raise(first.state);
    expect(second.alerts).toHaveLength(1);
    expect(keysOf(second.state)).toStrictEqual([]);
  });

  it('remembers a bounded number: beyond it the customer’s own alerts alone are raised', () => {
    const many = Array.from({ length: REMEMBERED_MAX }, (_, user) => [`k${user}`, DECEMBER_MS]);
    const plan = { limits: [limit({ id: 'own', scope: 'user' }), limit()] };
    const used = frozen(counted(alerted(plan), tokens(1000, 'a')), 5);
    const full = { ...used, alerts: { raised: Object.fromEntries(many), waiting: [] } };
    const own = [`limit.reached/cap/${NOVEMBER_MS}/100`, 'customer.frozen/5'];
    expect(keysOf(full)).toEqual(own);
    // What is over takes no room.
    const other = { ...full.alerts.raised, k0: NOW_MS };
    expect(keysOf({ ...full, alerts: { raised: other, waiting: [] } })).toEqual([
      `limit.reached/own/=a/${NOVEMBER_MS}/100`,
      ...own,
    ]);
  });

  it('keeps a bounded number of things that happened, the newest', () => {
    const state = alerted({});
    const paid = (index: number) => invoiceAlert('invoice.paid', { ...open(state), index });
    const all = Array.from({ length: 101 }, (_, index) => paid(index)).reduce(happened, state);
    const waiting = all.alerts?.waiting.map(({ key }) => key);
    expect(waiting).toHaveLength(100);
    expect(waiting?.[0]).toBe('invoice.paid/1');
  });
});
