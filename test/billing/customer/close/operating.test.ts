import type { Bill } from '../../../../billing/bill.js';
import type { Command } from '../../../../billing/command.js';
import { applyInvoice, canBeHeld } from '../../../../billing/customer/close/operating.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import { changeSegment, extendTo } from '../../../../billing/customer/periods/segments.js';
import type { CustomerState, Segment, SegmentStage } from '../../../../billing/state.js';
import { END_MS } from './operator.js';
import { commanded, subscribed } from '../world.js';

/** What an operator's command on one invoice changes, and what it leaves as it is. */

type Asked = Partial<Extract<Command, { type: 'invoice' }>>;

const ASK = { type: 'invoice', segment: 0, reason: 'checked', atMs: END_MS } as const;
const SPIKE = {
  reason: 'spike',
  since: '2026-02-01T00:00:00.000Z',
  detail: 'usage',
  predictedMinor: 1,
  stripeMinor: 2,
} as const;

/** Two periods; the first one's invoice stands as told. */
const at = (change: Partial<Segment>) =>
  changeSegment(extendTo(subscribed(), END_MS), 0, change);
const asked = (state: CustomerState, action: 'approve' | 'hold' | 'credit', more: Asked = {}) =>
  foldStretch(state, commanded(state.mark + 1, { ...ASK, action, ...more }));
const zero = ({ segments }: CustomerState) => segments[0] as Segment;

describe('a command on an invoice', () => {
  const held = at({ stage: 'inReview', review: SPIKE });

  it('is about that invoice alone', () => {
    const other = asked(held, 'approve', { segment: 1 });
    expect(zero(other)).toEqual(zero(held));
    expect(other.segments[1]).toEqual({ ...held.segments[1], asked: other.mark });
  });

  it('of a period that is gone, or of late usage that has none, changes nothing', () => {
    for (const more of [{ segment: 7 }, { late: true }, { segment: 7, late: true }] as const) {
      const after = asked(held, 'hold', more);
      expect([after.halted, after.segments]).toEqual([null, held.segments]);
    }
  });

  it('about late usage acts on that invoice and not on its period’s', () => {
    const bill: Bill = { stage: 'complete', final: false, stripeInvoice: 'in_l', items: [] };
    const after = zero(asked(at({ stage: 'billed', lateInvoice: bill }), 'hold', { late: true }));
    expect(after.lateInvoice).toMatchObject({ stage: 'complete', review: { reason: 'operator' } });
    expect([after.stage, after.review]).toEqual(['billed', undefined]);
  });
});

describe('an approval', () => {
  it('lets a draft be completed anew, and collects what is final', () => {
    const held = { stage: 'inReview', review: SPIKE } as const;
    expect(zero(asked(at(held), 'approve')).stage).toBe('complete');
    expect(zero(asked(at({ ...held, final: true }), 'approve')).stage).toBe('collect');
  });

  it('of what is on its way leaves it where it is', () => {
    const open = zero(asked(asked(at({}), 'hold'), 'approve'));
    expect(open).toMatchObject({ stage: 'open', approved: ['operator'] });
  });

  it('of what was approved already approves nothing more', () => {
    const once = asked(at({ stage: 'inReview', review: SPIKE }), 'approve');
    const twice = asked(changeSegment(once, 0, { stage: 'inReview' }), 'approve');
    expect(zero(twice)).toMatchObject({ stage: 'inReview', approved: ['spike'] });
  });
});

describe('a hold', () => {
  const MOVED: readonly SegmentStage[] = ['finalise', 'collect'];
  it.each(MOVED)('stops an invoice on its way: %s', (stage) => {
    const after = zero(asked(at({ stage }), 'hold'));
    expect(after).toMatchObject({ stage: 'inReview', review: { reason: 'operator' } });
    expect(after.approved).toEqual([]);
  });

  it('holds again what was let go, and forgets no other approval', () => {
    const before = at({ stage: 'collect', review: SPIKE, approved: ['spike', 'operator'] });
    expect(zero(asked(before, 'hold'))).toMatchObject({
      stage: 'inReview',
      review: { reason: 'operator', detail: 'checked', since: '2026-02-01T00:00:00.000Z' },
      approved: ['spike'],
    });
  });

  it('is for what is not collected: neither for what is paid, nor where there is none', () => {
    const empty = zero(asked(at({ stage: 'empty' }), 'hold'));
    expect([empty.stage, empty.review]).toEqual(['empty', undefined]);
    const can = (stage: SegmentStage, unpaid?: 'retrying') => canBeHeld({ stage, unpaid } as Bill);
    expect([can('empty'), can('billed'), can('billed', 'retrying'), can('open')]).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });
});

describe('a credit', () => {
  it.each([0, -5, undefined])('of %s is none', (amountMinor) => {
    expect(zero(asked(at({}), 'credit', { amountMinor })).given).toBeUndefined();
  });

  it('that was given is not given again by the same command', () => {
    const done = { amountMinor: 500, reason: 'goodwill', done: true, as: 'item' } as const;
    const again = applyInvoice(at({ given: { 'command/9': done } }), 10, 'command/9', {
      ...ASK,
      action: 'credit',
      amountMinor: 500,
    });
    expect(zero(again)).toMatchObject({ given: { 'command/9': done }, asked: 10 });
  });
});
