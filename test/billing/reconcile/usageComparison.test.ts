import {
  type Bounds,
  driftFinding,
  expectedIn,
  halves,
  outside,
  type ReportedUnits,
  type Span,
} from '../../../billing/reconcile/usageComparison.js';

/** Accepted reports against Stripe's summaries. */

const START = Date.UTC(2026, 0, 31, 10, 30) / 1000;
const MINUTE: Span = { fromSeconds: START, toSeconds: START + 60 };

function report(change: Partial<ReportedUnits> = {}): ReportedUnits {
  const sent = { state: 'accepted', firstSentAtMs: 1000 } as const;
  return { id: 'dbl_1', value: 7, stampSeconds: START, ...sent, ...change };
}

describe('what a summary must show', () => {
  const shown = (...changes: readonly Partial<ReportedUnits>[]) =>
    expectedIn(changes.map(report), { ...MINUTE, toSeconds: START + 120 }, 1000);

  test('the reports of its own span, to the second', () => {
    expect(shown({}, { stampSeconds: START + 119, value: 20 }).least).toBe(27);
    expect(shown({ stampSeconds: START - 1 }, { stampSeconds: START + 120 }).least).toBe(0);
  });

  test('accepted reports once they had time to be counted; those set by hand at once', () => {
    expect(shown({ firstSentAtMs: 1000 })).toEqual({ least: 7, unsure: [] });
    expect(shown({ firstSentAtMs: 1001 })).toEqual({ least: 0, unsure: [7] });
    const never = report({ firstSentAtMs: null });
    expect(expectedIn([never], MINUTE, -1)).toEqual({ least: 7, unsure: [] });
  });

  test('reports without an answer either way, and none of what was never sent or refused', () => {
    expect(shown({ state: 'sent' })).toEqual({ least: 0, unsure: [7] });
    expect(shown({ state: 'stored' }, { state: 'deadLetter' })).toEqual({ least: 0, unsure: [] });
  });
});

describe('how far a count lies outside', () => {
  const offs = (bounds: Bounds, ...counts: readonly number[]) =>
    counts.map((found) => outside(found, bounds));

  test('without reports on their way it is the plain difference', () => {
    expect(offs({ least: 100, unsure: [] }, 99, 100, 102)).toEqual([-1, 0, 2]);
  });

  test('any set of reports on their way may be counted: the nearest one is told', () => {
    const bounds = { least: 100, unsure: [10, 40] };
    expect(offs(bounds, 100, 110, 140, 150)).toEqual([0, 0, 0, 0]);
    expect(offs(bounds, 99, 112, 139, 128, 151)).toEqual([-1, 2, -1, -12, 1]);
  });

  test('of more than eight on their way only the whole range is looked at', () => {
    const tens = (length: number) => ({ least: 100, unsure: Array<number>(length).fill(10) });
    expect(offs(tens(8), 99, 103, 181)).toEqual([-1, 3, 1]);
    expect(offs(tens(9), 97, 100, 103, 190, 193)).toEqual([-3, 0, 0, 0, 3]);
  });
});

test('a span is halved at whole minutes down to single ones', () => {
  const span = (from: number, to: number) => ({
    fromSeconds: START + from * 60,
    toSeconds: START + to * 60,
  });
  expect(halves(MINUTE)).toBeNull();
  expect(halves(span(0, 2))).toEqual([span(0, 1), span(1, 2)]);
  expect(halves(span(0, 5))).toEqual([span(0, 2), span(2, 5)]);
});

describe('a drift as a finding', () => {
  const subject = { segment: 0, meter: 'tokens' };
  const drifting = (found: number, least: number, own: ReportedUnits | null, span = MINUTE) =>
    driftFinding(subject, { span, found, bounds: { least, unsure: [] }, report: own }, true);

  test('a report whose minute is empty is sent again, under its identifier', () => {
    expect(drifting(0, 7, report())).toEqual({
      where: 'stripeUsage',
      ...subject,
      expected: '7',
      found: '0',
      minuteMs: START * 1000,
      intent: 'dbl_1',
      repair: 'resend',
      detail:
        'report dbl_1 (accepted) of minute 2026-01-31T10:30Z: Stripe counted 0 (-7). ' +
        'Its minute is empty there: it is sent again, once, under its identifier',
    });
  });

  test('it is not sent a third time, nor where it may not be, nor where some is counted', () => {
    const again = drifting(0, 7, report({ reopenedAtMs: 5 }));
    expect(again).not.toHaveProperty('repair');
    expect(again.detail).toContain('It was sent again once already: look for a cancellation at');
    expect(drifting(1, 7, report())).not.toHaveProperty('repair');
    expect(drifting(1, 7, report()).detail).toContain('(-6). It can not be sent again: bill it by');
    expect(drifting(0, 7, report({ state: 'sent' }))).not.toHaveProperty('repair');
    const drift = { span: MINUTE, found: 0, bounds: { least: 7, unsure: [] }, report: report() };
    expect(driftFinding(subject, drift, false)).not.toHaveProperty('repair');
  });

  test('what is too much is never changed by itself, whoever sent it', () => {
    expect(drifting(1_000_001, 1_000_000, report({ value: 1_000_000 })).detail).toBe(
      'report dbl_1 (accepted) of minute 2026-01-31T10:30Z: Stripe counted 1,000,001 (+1). ' +
        'Never changed by itself: cancel the event at Stripe, or give a credit on the invoice',
    );
    expect(drifting(1, 0, null)).toEqual({
      where: 'stripeUsage',
      ...subject,
      expected: '0',
      found: '1',
      minuteMs: START * 1000,
      detail:
        'no report, minute 2026-01-31T10:30Z: Stripe counted 1 (+1). ' +
        'Never changed by itself: cancel the event at Stripe, or give a credit on the invoice',
    });
  });

  test('a span of many minutes is named by its ends, and by no minute or report', () => {
    const hour = { fromSeconds: START, toSeconds: START + 3600 };
    expect(drifting(0, 7, null, hour)).toEqual({
      where: 'stripeUsage',
      ...subject,
      expected: '7',
      found: '0',
      detail:
        'from 2026-01-31T10:30Z to 2026-01-31T11:30Z: Stripe counted 0 (-7). ' +
        'It can not be sent again: bill it by an invoice item, or let it go',
    });
  });

  test('where nothing is off there is nothing to cancel', () => {
    expect(drifting(7, 7, report()).detail).toContain('(+0). It can not be sent again');
  });
});
