import * as closing from '../../../../billing/customer/close/closing.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import { changeSegment } from '../../../../billing/customer/periods/segments.js';
import type { Segment } from '../../../../billing/state.js';
import { atEnd, END_MS, LATER_MS, told } from './operator.js';
import { runLane, viewOf, type Lane } from './perfectStripe.js';
import { commanded } from '../world.js';

/** Invoices that wait for an operator, and what an operator can do with one. */

const DAY_MS = 86_400_000;

const zero = ({ state }: Lane) => state.segments[0] as Segment;
const last = ({ invoices }: Lane) => invoices.at(-1);

/** 100 are included, each further costs half a minor unit. */
const SPIKE = 12_100;

describe('a spike', () => {
  it('is held as a draft, before Stripe could finalise it', () => {
    const lane = atEnd(SPIKE);
    runLane(lane, LATER_MS);
    expect(zero(lane)).toMatchObject({ stage: 'inReview', final: false });
    expect(lane.steps).not.toContain('finalise');
    expect(last(lane)).toMatchObject({
      status: 'inReview',
      review: {
        reason: 'spike',
        detail: 'usage comes to 6000, earlier periods to 3000',
        predictedMinor: 6000 + 2900,
      },
    });
  });

  it.each([
    ['not above 1.5 x the reference', 9_100, [3000]],
    ['less than 1,000 minor units above it', 1_899, [10]],
    ['without an earlier period', SPIKE, []],
  ])('is none: %s', (_name, tokens, earlier) => {
    const lane = atEnd(tokens, earlier);
    runLane(lane, LATER_MS);
    expect(zero(lane).stage).toBe('billed');
  });

  it('is judged against the periods before, not against itself', () => {
    const lane = atEnd(SPIKE, [1, 3000, 2000]);
    runLane(lane, LATER_MS);
    expect(zero(lane)).toMatchObject({
      stage: 'inReview',
      earlierUsageMinor: [1, 3000, 2000],
    });
    expect(lane.state.pace.closedUsageMinor).toEqual([3000, 2000, 6000]);
  });

  it('is finalised first where the subscription waits for other items, and held then', () => {
    const lane = atEnd(SPIKE);
    const { stripe } = lane.state;
    const before = { id: 'pro', version: 7 };
    lane.state = { ...lane.state, stripe: stripe && { ...stripe, plan: before } };
    lane.state = changeSegment(lane.state, 0, { link: stripe ?? undefined });
    runLane(lane, LATER_MS);
    expect(zero(lane)).toMatchObject({ stage: 'inReview', final: true });
    expect(last(lane)).toMatchObject({ status: 'inReview', review: { reason: 'spike' } });
    expect(lane.steps.slice(-2)).toEqual(['finalise', 'swapItems']);
    told(lane, {});
    expect(last(lane)).toMatchObject({ status: 'paid', review: { reason: 'spike' } });
  });

  it('that was approved is finalised, compared, collected, and shows why it was held', () => {
    const lane = atEnd(SPIKE);
    runLane(lane, LATER_MS);
    told(lane, {});
    expect(lane.steps.slice(-4)).toEqual(['attend', 'complete', 'finalise', 'collect']);
    expect(zero(lane)).toMatchObject({ stage: 'billed', attended: lane.state.mark });
    expect(last(lane)).toMatchObject({ status: 'paid', review: { reason: 'spike' } });
  });

  it('that was approved is held again for another reason, and then let go for that', () => {
    const lane = atEnd(SPIKE);
    runLane(lane, LATER_MS);
    lane.bend = (view) => ({ ...view, lines: view.lines.slice(1) });
    told(lane, {});
    expect(last(lane)).toMatchObject({ status: 'inReview', review: { reason: 'mismatch' } });
    expect(zero(lane)).toMatchObject({ stage: 'inReview', final: true });
    told(lane, {});
    expect(zero(lane)).toMatchObject({ stage: 'billed', approved: ['spike', 'mismatch'] });
    expect(last(lane)).toMatchObject({ status: 'paid', review: { reason: 'mismatch' } });
  });
});

describe('a held draft that others finalise at Stripe', () => {
  it('is compared, and waits on for what it was held for', () => {
    const lane = atEnd(SPIKE);
    runLane(lane, LATER_MS);
    lane.state = closing.stripeTouched(lane.state);
    expect(zero(lane).look).toBe(true);
    const view = { ...viewOf(lane, { segment: 0 }, 'open') };
    lane.state = closing.attended(lane.state, 0, false, { number: 0, view });
    expect(zero(lane)).toMatchObject({ stage: 'finalise', look: undefined });
    runLane(lane, LATER_MS);
    expect(zero(lane)).toMatchObject({ stage: 'inReview', final: true });
    expect(last(lane)?.review?.reason).toBe('spike');
    told(lane, {});
    expect(last(lane)?.status).toBe('paid');
  });
});

describe('a mismatch that was approved', () => {
  it('is collected and held for it no more, whatever else holds it in between', () => {
    const lane = atEnd(250);
    lane.bend = (view) => ({ ...view, lines: view.lines.slice(1) });
    runLane(lane, LATER_MS);
    told(lane, { action: 'hold' });
    expect(zero(lane).review?.reason).toBe('mismatch');
    lane.refuses = true;
    told(lane, {});
    expect(zero(lane)).toMatchObject({ stage: 'billed', unpaid: 'retrying' });
    told(lane, { action: 'hold', reason: 'a call first' });
    expect(zero(lane)).toMatchObject({ stage: 'inReview', review: { reason: 'operator' } });
    expect(last(lane)?.review?.reason).toBe('mismatch');
    lane.refuses = false;
    told(lane, {});
    expect([zero(lane).stage, last(lane)?.status]).toEqual(['billed', 'paid']);
  });
});

it('an invoice that waits for an operator is waited for, however long', () => {
  const lane = atEnd(SPIKE);
  runLane(lane, LATER_MS);
  runLane(lane, END_MS + 300 * DAY_MS);
  expect(zero(lane).index).toBe(0);
  told(lane, {}, END_MS + 300 * DAY_MS);
  expect(lane.invoices.find(({ period, status }) => status === 'paid' &&
    period.end === '2026-02-01T00:00:00.000Z')).toBeDefined();
});

describe('an operator', () => {
  it('holds what is not collected: it stops where it is and goes on when approved', () => {
    const lane = atEnd(250);
    lane.state = foldStretch(
      changeSegment(lane.state, 0, { stripeInvoice: 'in_0' }),
      commanded(lane.state.mark + 1, {
        type: 'invoice', action: 'hold', segment: 0, reason: 'wait', atMs: END_MS,
      }),
    );
    runLane(lane, LATER_MS);
    expect(zero(lane)).toMatchObject({ stage: 'inReview', final: false });
    expect(last(lane)).toMatchObject({
      status: 'inReview',
      review: { reason: 'operator', detail: 'wait', predictedMinor: 2975 },
    });
    told(lane, {});
    expect(last(lane)?.status).toBe('paid');
  });

  it('can not hold what is paid, nor approve what is not held: nothing changes', () => {
    const lane = atEnd(250);
    runLane(lane, LATER_MS);
    const { stage, review, approved } = zero(lane);
    told(lane, { action: 'hold' });
    told(lane, { action: 'approve' });
    expect(zero(lane)).toMatchObject({ stage });
    expect([zero(lane).review, zero(lane).approved]).toEqual([review, approved]);
  });

  it('gives a credit on a draft as an item, once by the id of its command', () => {
    const lane = atEnd(SPIKE);
    runLane(lane, LATER_MS);
    told(lane, { action: 'credit', amountMinor: 500, reason: 'goodwill' });
    const items = [{ ref: 'credit', description: 'goodwill', amountMinor: -500 }];
    expect(zero(lane).items).toMatchObject(items);
    expect(last(lane)).toMatchObject({ status: 'inReview' });
    told(lane, {});
    expect(last(lane)).toMatchObject({
      status: 'paid',
      subtotalMinor: 8900 - 500,
      adjustmentsMinor: -500,
    });
    const id = `command/${lane.state.mark - 1}`;
    expect(zero(lane).given).toEqual({
      [id]: { amountMinor: 500, reason: 'goodwill', done: true, as: 'item' },
    });
  });

  it('never gives more than the invoice, all credits together; then not at all', () => {
    const lane = atEnd(250);
    runLane(lane, LATER_MS);
    told(lane, { action: 'credit', amountMinor: 2000 });
    told(lane, { action: 'credit', amountMinor: 976 });
    told(lane, { action: 'credit', amountMinor: 975 });
    expect(Object.values(zero(lane).given ?? {})).toMatchObject([
      { done: true, as: 'note' },
      { done: true, refused: '975 is left of it' },
      { done: true, as: 'note' },
    ]);
  });
});
