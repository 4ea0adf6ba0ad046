import { foldMessage, foldStretch, needsHeal } from '../../../billing/customer/fold.js';
import { segmentAt } from '../../../billing/customer/periods/segments.js';
import {
  closed,
  commanded,
  folded,
  FREE,
  free,
  LINK,
  PRO,
  row,
  START_MS,
  subscribed,
  used,
} from './world.js';

const HOUR_MS = 3_600_000;
const tokensOf = (state: ReturnType<typeof free>, index: number) =>
  state.segments.find((segment) => segment.index === index)?.totals.tokens?.quantity ?? 0;

function message(from: number, to: number, quantity: number, head = to) {
  return {
    ranges: [[from, to]] as const,
    sums: [row(START_MS + HOUR_MS, quantity)],
    catalogue: 1,
    head,
  };
}

/** The sender has met nothing that acts from `from` on. */
function quiet(told: ReturnType<typeof message>, from = 2) {
  return { ...told, quietFrom: from };
}

describe('a message is folded once, whole or not at all', () => {
  it('folds what follows the mark and moves the mark', () => {
    const state = foldMessage(free(), message(2, 4, 10));
    expect([state.mark, tokensOf(state, 0)]).toEqual([4, 10]);
  });

  it('ignores a message it has seen', () => {
    const once = foldMessage(free(), message(2, 4, 10));
    expect(foldMessage(once, message(2, 4, 10))).toBe(once);
  });

  it('heals instead of folding a mixed message', () => {
    const once = foldMessage(free(), message(2, 4, 10));
    const mixed = foldMessage(once, message(4, 6, 10));
    expect([mixed.mark, mixed.head, tokensOf(mixed, 0)]).toEqual([4, 6, 10]);
    expect(needsHeal(mixed)).toBe(true);
  });

  it('keeps a range ahead of a gap and joins it when the gap is healed', () => {
    const ahead = foldMessage(free(), quiet(message(4, 5, 10)));
    expect([ahead.mark, ahead.ahead, tokensOf(ahead, 0)]).toEqual([1, [[4, 5]], 10]);
    const healed = foldStretch(ahead, used(2, 3, [row(START_MS, 7)]));
    expect([healed.mark, healed.ahead, tokensOf(healed, 0)]).toEqual([5, [], 17]);
  });

  it('takes nothing ahead of a gap in which a command or a fence may stand', () => {
    for (const told of [message(4, 5, 10), quiet(message(4, 5, 10), 3)]) {
      const state = foldMessage(free(), told);
      expect([state.mark, state.head, tokensOf(state, 0)]).toEqual([1, 5, 0]);
    }
  });

  it('takes usage of one group at a time where credits burn in the order of the log', () => {
    const plan = { ...FREE, plan: { ...FREE.plan, creditGrant: { amount: '5' } } };
    const paying = { ...free(), snapshots: { 'free@1': plan } };
    expect(foldMessage(paying, message(2, 2, 10)).mark).toBe(2);
    expect(foldMessage(paying, message(2, 3, 10)).mark).toBe(1);
    const apart = { ...message(2, 2, 10), ranges: [[2, 2], [3, 3]] as const };
    expect(foldMessage(paying, apart).mark).toBe(1);
    expect(foldMessage(free(), apart).mark).toBe(3);
  });

  it('drops a page that the mark has overtaken', () => {
    const state = foldMessage(free(), message(2, 4, 10));
    expect(foldStretch(state, used(2, 4, [row(START_MS, 10)]))).toBe(state);
  });

  it('drops a page that holds what a message has folded ahead meanwhile', () => {
    const ahead = foldMessage(free(), quiet(message(4, 5, 10)));
    const page = used(2, 6, [row(START_MS, 27)]);
    expect(foldStretch(ahead, page)).toBe(ahead);
  });

  it('takes no sums made under an older catalogue than the plan needs', () => {
    const state = foldMessage(free(), { ...message(2, 4, 10), catalogue: 0 });
    expect([state.mark, state.head, tokensOf(state, 0)]).toEqual([1, 4, 0]);
  });

  it('takes no usage ahead of a gap into a segment whose close has begun', () => {
    const before = free();
    const closing = {
      ...before,
      segments: before.segments.map((segment) => ({ ...segment, stage: 'freeze' as const })),
    };
    const state = foldMessage(closing, quiet(message(4, 5, 10)));
    expect([state.mark, state.ahead, tokensOf(state, 0)]).toEqual([1, [], 0]);
  });
});

describe('usage counts in the segment of its time', () => {
  it('counts usage before the first period at its start', () => {
    const state = foldStretch(free(), used(2, 2, [row(START_MS - HOUR_MS, 5)]));
    expect(tokensOf(state, 0)).toBe(5);
  });

  it('opens the next period for usage at the very end of one', () => {
    const endMs = Date.UTC(2026, 1, 1);
    const state = foldStretch(
      free(),
      used(2, 3, [row(endMs - 1, 5), row(endMs, 7)]),
    );
    expect([tokensOf(state, 0), tokensOf(state, 1)]).toEqual([5, 7]);
  });

  it('is late once the fence of its segment stands before it', () => {
    const state = folded(
      [used(3, 3, [row(START_MS, 5)]), closed(4, 0), used(5, 5, [row(START_MS, 7)])],
      subscribed(),
    );
    const segment = segmentAt(state, START_MS);
    expect(segment.totals.tokens?.quantity).toBe(5);
    expect(segment.late.tokens?.quantity).toBe(7);
    expect(segment.stage).toBe('flush');
  });
});

describe('a priced plan begins where Stripe says', () => {
  it('keeps whole minutes inside and the second of Stripe beside them', () => {
    const [segment] = subscribed().segments;
    expect(segment?.startMs).toBe(START_MS);
    expect(segment?.endMs).toBe(Date.UTC(2026, 1, 1));
    expect(segment?.stripe).toEqual({
      startSeconds: START_MS / 1000 + 23,
      endSeconds: Date.UTC(2026, 1, 1) / 1000 + 23,
    });
  });

  it('starts the clock of a test customer at the anchor', () => {
    const atMs = Date.UTC(2026, 10, 21);
    const state = folded([
      commanded(1, { type: 'customer', plan: PRO, details: {}, atMs, anchorMs: START_MS }),
    ]);
    expect(state.clock.offsetMs).toBe(START_MS - atMs);
    expect(state.status).toBe('starting');
  });

  it('ends a free period at the minute the subscription starts', () => {
    const startMs = START_MS + 5 * HOUR_MS + 10_000;
    const state = folded(
      [
        used(2, 2, [row(START_MS + HOUR_MS, 5)]),
        commanded(3, { type: 'customer', plan: PRO, details: {}, atMs: startMs }),
        commanded(4, {
          type: 'subscribed',
          request: 3,
          plan: PRO,
          stripe: { ...LINK, anchorSeconds: startMs / 1000 },
        }),
        used(5, 5, [row(startMs, 7)]),
      ],
      free(),
    );
    expect(state.segments.map(({ startMs: start, stage }) => [start, stage])).toEqual([
      [START_MS, 'empty'],
      [START_MS + 5 * HOUR_MS, 'open'],
    ]);
    expect([tokensOf(state, 0), tokensOf(state, 1)]).toEqual([5, 7]);
    expect(state.answer?.code).toBe('subscribed');
  });

  it('changes nothing when Stripe refuses', () => {
    const state = folded(
      [
        commanded(2, { type: 'customer', plan: PRO, details: {}, atMs: START_MS + HOUR_MS }),
        commanded(3, {
          type: 'subscribeFailed',
          request: 2,
          code: 'payment_required',
          detail: 'card declined',
        }),
      ],
      free(),
    );
    expect([state.plan?.id, state.status, state.pending]).toEqual(['free', 'active', null]);
    expect(state.answer).toEqual({ request: 2, code: 'payment_required', detail: 'card declined' });
  });
});
