import { withAlerts } from '../../../billing/alerts/alert.js';
import { moneyEffects } from '../../../billing/customer/due.js';
import { reduce } from '../../../billing/customer/reducer.js';
import { rowFingerprint } from '../../../billing/customer/reads/row.js';
import { changeSegment } from '../../../billing/customer/periods/segments.js';
import { nextStep } from '../../../billing/customer/close/steps.js';
import type { CustomerState } from '../../../billing/state.js';
import { START_MS, subscribed } from './world.js';

/** Alerts go before money, never instead of it. */

const NOW_MS = START_MS + 60_000;

function ready(): CustomerState {
  const wanted = { segment: 0, stage: 'wanted' as const };
  const state = { ...withAlerts(subscribed()), synced: true, startInvoice: wanted };
  const frozen = { ...state.controls, frozen: { reason: 'Runaway.', sinceMs: 5 } };
  const done = { ...state, controls: frozen, testClockSeconds: 4_000_000_000 };
  return { ...done, savedRow: rowFingerprint(done) };
}

const kindAt = (state: CustomerState) => nextStep(state, NOW_MS).step?.kind;
const failing = (step: string) => ({ step, attempts: 1, atMs: NOW_MS + 1, reason: 'x' });

describe('the money lane', () => {
  it('raises alerts before anything but the row, then goes on', () => {
    const state = ready();
    expect(kindAt({ ...state, savedRow: 'older' })).toBe('saveCustomer');
    const { step } = nextStep(state, NOW_MS);
    expect(step).toMatchObject({ kind: 'alert', alerts: [{ key: 'customer.frozen/5' }] });
    const alerts = [{ key: 'customer.frozen/5', untilMs: 0 }];
    const after = reduce(state, { type: 'alertsRaised', alerts, nowMs: NOW_MS }).state;
    expect(kindAt(after)).toBe('startInvoice');
  });

  it('does its own steps first while alerts can’t be stored, then tries again', () => {
    const state = { ...ready(), retry: failing('alert') };
    expect(kindAt(state)).toBe('startInvoice');
    expect(kindAt({ ...state, startInvoice: null })).toBe('alert');
    expect(moneyEffects({ ...state, startInvoice: null }, NOW_MS)).toEqual([
      { type: 'wakeAt', realMs: NOW_MS + 1 },
    ]);
  });

  it('does not keep alerts waiting while Stripe is away, and does not try Stripe sooner', () => {
    const state = { ...ready(), retry: failing('startInvoice') };
    expect(moneyEffects(state, NOW_MS)).toMatchObject([{ type: 'step', step: { kind: 'alert' } }]);
    const told = reduce(state, { type: 'stepDone', step: 'alert' }).state;
    expect(told.retry).toEqual(state.retry);
    expect(reduce(state, { type: 'stepDone', step: 'startInvoice' }).state.retry).toBeNull();
    expect(reduce(state, { type: 'stepDone' }).state.retry).toBeNull();
    const ours = { ...state, retry: failing('alert') };
    const mended = reduce(ours, { type: 'stepDone', step: 'alert' });
    expect(mended.state.retry).toBeNull();
  });

  it('keeps a test clock from passing by an alert', () => {
    const goal = { request: 9, toMs: NOW_MS + 3_600_000, segment: null };
    const state = { ...ready(), startInvoice: null, clock: { offsetMs: 0, goal, reached: 0 } };
    const change = { type: 'time', realNowMs: NOW_MS, random: 'r' } as const;
    const { state: held, effects } = reduce(state, change);
    expect(held.clock.offsetMs).toBe(0);
    expect(effects).toContainEqual(
      expect.objectContaining({ step: expect.objectContaining({ kind: 'alert' }) }),
    );
    const alerts = [{ key: 'customer.frozen/5', untilMs: 0 }];
    const raised = reduce(held, { type: 'alertsRaised', alerts, nowMs: NOW_MS }).state;
    expect(reduce(raised, change).state.clock.offsetMs).toBe(3_600_000);
  });
});

describe('what comes of an invoice is told', () => {
  const waiting = ({ alerts }: CustomerState) => alerts?.waiting.map(({ key }) => key);
  const invoice = { review: null } as never;

  it('when it is final, and when its payment went well or was refused', () => {
    const state = changeSegment(ready(), 0, { stage: 'finalise' });
    const final = reduce(state, { type: 'compared', segment: 0, invoice }).state;
    expect(waiting(final)).toEqual(['invoice.finalized/0']);
    const collected = (refused: boolean) =>
      reduce(final, { type: 'collected', segment: 0, refused }).state;
    expect(waiting(collected(false))).toEqual(['invoice.finalized/0', 'invoice.paid/0']);
    expect(waiting(collected(true))).toEqual(['invoice.finalized/0', 'invoice.failed/0']);
  });

  it('not while it is in review, nor of a segment that is gone', () => {
    const review = { review: { reason: 'spike' } } as never;
    const state = ready();
    const held = reduce(state, { type: 'compared', segment: 0, invoice: review }).state;
    expect(waiting(held)).toEqual([]);
    expect(waiting(reduce(state, { type: 'compared', segment: 7, invoice }).state)).toEqual([]);
  });
});
